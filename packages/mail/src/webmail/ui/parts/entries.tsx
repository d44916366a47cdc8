// What is filled in and chosen: the browser's own controls, so that password managers, paste and every assistive
// program know them.
import { type InputHTMLAttributes, type ReactNode, useId, useState } from "react";
import "./entries.css";

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly more?: string;
}

export function Field({ label, value, onChange, more, ...input }: FieldProps): React.JSX.Element {
  const id = useId();
  return (
    <div className="entry">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        value={value}
        aria-describedby={more === undefined ? undefined : `${id}-more`}
        onChange={(event) => onChange(event.target.value)}
        {...input}
      />
      {more === undefined ? null : (
        <p id={`${id}-more`} className="entry-more">
          {more}
        </p>
      )}
    </div>
  );
}

interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
  readonly isDisabled?: boolean;
}

export function Select<T extends string>(props: SelectProps<T>): React.JSX.Element {
  const { label, value, options, onChange, isDisabled = false } = props;
  const id = useId();
  return (
    <div className="entry">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={isDisabled}
        onChange={(event) => {
          const chosen = options.find(([name]) => name === event.target.value);
          if (chosen !== undefined) onChange(chosen[0]);
        }}
      >
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Stands under the label, and says more. */
  readonly more?: string;
  /** What belongs to this choice alone, such as a number of days. */
  readonly detail?: ReactNode;
}

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  readonly isDisabled?: boolean;
}

/** One of several, all of them in sight. */
export function Choices<T extends string>(props: ChoicesProps<T>): React.JSX.Element {
  const { label, value, choices, onChange, isDisabled = false } = props;
  const id = useId();
  return (
    <fieldset className="choices" disabled={isDisabled}>
      <legend>{label}</legend>
      {choices.map((choice) => (
        <div key={choice.value} className="choice">
          <label>
            <input
              type="radio"
              name={id}
              checked={choice.value === value}
              aria-describedby={choice.more === undefined ? undefined : `${id}-${choice.value}`}
              onChange={() => onChange(choice.value)}
            />
            <span>{choice.label}</span>
          </label>
          {choice.more === undefined ? null : (
            <p id={`${id}-${choice.value}`} className="choice-more">
              {choice.more}
            </p>
          )}
          {choice.value === value && choice.detail !== undefined ? (
            <div className="choice-detail">{choice.detail}</div>
          ) : null}
        </div>
      ))}
    </fieldset>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly more?: string;
}

export function Switch({ label, isOn, onChange, more }: SwitchProps): React.JSX.Element {
  const id = useId();
  return (
    <div className="choice">
      <label>
        <input
          type="checkbox"
          checked={isOn}
          aria-describedby={more === undefined ? undefined : id}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>{label}</span>
      </label>
      {more === undefined ? null : (
        <p id={id} className="choice-more">
          {more}
        </p>
      )}
    </div>
  );
}

interface AmountProps {
  /** Its name for those who do not see where it stands. */
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}

/** A whole number with its unit behind it. What is typed stays until it is left or the value becomes another; only numbers
 * that may be are told. */
export function Amount({ label, unit, value, min, max, onChange }: AmountProps): React.JSX.Element {
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: number } | null>(null);
  return (
    <span className="amount">
      <input
        type="number"
        inputMode="numeric"
        aria-label={label}
        value={typed?.value === value ? typed.text : value}
        min={min}
        max={max}
        required
        onChange={({ target }) => {
          const number = target.valueAsNumber;
          const mayBe = Number.isInteger(number) && number >= min && number <= max;
          setTyped({ text: target.value, value: mayBe ? number : value });
          if (mayBe) onChange(number);
        }}
        onBlur={() => setTyped(null)}
      />
      <span>{unit}</span>
    </span>
  );
}
