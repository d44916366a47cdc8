import { Button as Pressable } from "react-aria-components";

interface SubmitButtonProps {
  readonly children: string;
  readonly isBusy: boolean;
}

/** Sends the form it stands in; while that goes on it keeps the focus and does nothing. */
export function SubmitButton({ children, isBusy }: SubmitButtonProps): React.JSX.Element {
  return (
    <Pressable className="button primary" type="submit" isPending={isBusy}>
      <span>{children}</span>
    </Pressable>
  );
}
