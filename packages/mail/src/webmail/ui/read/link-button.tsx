import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface LinkButtonProps {
  readonly icon: LucideIcon;
  readonly href: string;
  /** The name it is saved under; "" leaves it to the server. */
  readonly download: string;
  /** Its name when it shows nothing but the icon. */
  readonly label?: string;
  readonly children?: ReactNode;
}

/** A link that saves something, looking like the buttons beside it. */
export function LinkButton({ icon: Icon, href, download, label, children }: LinkButtonProps): React.JSX.Element {
  const isIcon = children === undefined;
  return (
    <a
      className={isIcon ? "icon-button" : "button quiet"}
      href={href}
      download={download}
      {...(label === undefined ? {} : { "aria-label": label })}
    >
      <Icon size={isIcon ? 18 : 16} aria-hidden />
      {children}
    </a>
  );
}
