import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button as Pressable, ToggleButton, Tooltip, TooltipTrigger } from "react-aria-components";
import "./button.css";

const TOOLTIP_DELAY_MS = 600;
const ICON_SIZE = 18;

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly kind?: "plain" | "primary" | "danger" | "quiet";
  readonly icon?: LucideIcon;
  readonly isDisabled?: boolean;
  /** Works on what it was pressed for: it does nothing more, and keeps the focus. */
  readonly isPending?: boolean;
  readonly autoFocus?: boolean;
}

export function Button({ children, onPress, kind = "plain", icon: Icon, ...rest }: ButtonProps): React.JSX.Element {
  return (
    <Pressable className={`button ${kind}`} onPress={onPress} {...rest}>
      {Icon === undefined ? null : <Icon size={16} aria-hidden />}
      <span>{children}</span>
    </Pressable>
  );
}

interface IconButtonProps {
  readonly icon: LucideIcon;
  /** Its name for everybody: read out, and shown in the tooltip. */
  readonly label: string;
  /** The key that does the same, as a person reads it. */
  readonly hint?: string | undefined;
  readonly onPress?: () => void;
  readonly isDisabled?: boolean;
  readonly className?: string;
}

export function IconButton({ icon: Icon, label, hint, className = "", ...rest }: IconButtonProps): React.JSX.Element {
  return (
    <TooltipTrigger delay={TOOLTIP_DELAY_MS}>
      <Pressable className={`icon-button ${className}`} aria-label={label} {...rest}>
        <Icon size={ICON_SIZE} aria-hidden />
      </Pressable>
      <Hint label={label} hint={hint} />
    </TooltipTrigger>
  );
}

interface IconToggleProps extends IconButtonProps {
  readonly isOn: boolean;
}

/** A button that is on or off; `label` says what it is when on, such as "Starred". */
export function IconToggle({
  icon: Icon,
  label,
  hint,
  isOn,
  onPress,
  className = "",
}: IconToggleProps): React.JSX.Element {
  return (
    <TooltipTrigger delay={TOOLTIP_DELAY_MS}>
      <ToggleButton
        className={`icon-button ${className}`}
        aria-label={label}
        isSelected={isOn}
        onChange={() => onPress?.()}
      >
        <Icon size={ICON_SIZE} aria-hidden />
      </ToggleButton>
      <Hint label={label} hint={hint} />
    </TooltipTrigger>
  );
}

function Hint({ label, hint }: { readonly label: string; readonly hint: string | undefined }): React.JSX.Element {
  return (
    <Tooltip className="tooltip" offset={4}>
      {label}
      {hint === undefined ? null : <kbd className="key">{hint}</kbd>}
    </Tooltip>
  );
}
