// Buttons are the browser's own: a screen has dozens of them, and one costs no more to draw than its element.
import type { LucideIcon } from "lucide-react";
import type { KeyboardEvent, ReactNode, Ref } from "react";
import "./button.css";

const ICON_SIZE = 18;

/** What a button is given by the menu it opens. */
export interface TriggerProps {
  readonly ref: Ref<HTMLButtonElement>;
  readonly "aria-haspopup": "menu";
  readonly "aria-expanded": boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPress: () => void;
}

interface ButtonProps extends Partial<TriggerProps> {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly kind?: "plain" | "primary" | "danger" | "quiet";
  readonly icon?: LucideIcon;
  readonly isDisabled?: boolean;
  /** Works on what it was pressed for: it does nothing more, and keeps the focus. */
  readonly isPending?: boolean;
  readonly autoFocus?: boolean;
}

export function Button(props: ButtonProps): React.JSX.Element {
  const { children, onPress, kind = "plain", icon: Icon, isDisabled, isPending = false, ...rest } = props;
  return (
    <button
      type="button"
      className={`button ${kind}`}
      disabled={isDisabled}
      aria-disabled={isPending || undefined}
      onClick={() => {
        if (!isPending) onPress();
      }}
      {...rest}
    >
      {Icon === undefined ? null : <Icon size={16} aria-hidden />}
      <span>{children}</span>
    </button>
  );
}

interface IconButtonProps extends Partial<TriggerProps> {
  readonly icon: LucideIcon;
  /** Its name for everybody: read out, and shown beside it to whoever points at it (tooltip.tsx). */
  readonly label: string;
  /** The key that does the same, as a person reads it. */
  readonly hint?: string | undefined;
  readonly isDisabled?: boolean;
  readonly className?: string;
  /** Of one that is on or off; `label` says what it is when on, such as "Starred". */
  readonly "aria-pressed"?: boolean;
}

export function IconButton(props: IconButtonProps): React.JSX.Element {
  const { icon: Icon, label, hint = "", className = "", isDisabled, onPress, ...rest } = props;
  return (
    <button
      type="button"
      className={`icon-button ${className}`}
      aria-label={label}
      data-hint={hint}
      disabled={isDisabled}
      onClick={() => onPress?.()}
      {...rest}
    >
      <Icon size={ICON_SIZE} aria-hidden />
    </button>
  );
}

interface IconToggleProps extends Pick<IconButtonProps, "icon" | "label" | "hint" | "onPress" | "className"> {
  readonly isOn: boolean;
}

export function IconToggle({ isOn, ...rest }: IconToggleProps): React.JSX.Element {
  return <IconButton {...rest} aria-pressed={isOn} />;
}
