interface SubmitButtonProps {
  readonly children: string;
  readonly isBusy: boolean;
}

/** Sends the form it stands in; while that goes on it keeps the focus and does nothing. */
export function SubmitButton({ children, isBusy }: SubmitButtonProps): React.JSX.Element {
  return (
    <button
      className="button primary"
      type="submit"
      aria-disabled={isBusy || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
      }}
    >
      <span>{children}</span>
    </button>
  );
}
