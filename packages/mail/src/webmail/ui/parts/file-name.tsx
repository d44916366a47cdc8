import { partsOfName } from "./parts-of-name.ts";
import "./file-name.css";

interface FileNameProps {
  readonly name: string;
  readonly className: string;
  readonly title?: string;
}

/** The name of a file, shortened in its middle where there is no room: how it ends says what it is. Read out, it is whole. */
export function FileName({ name, className, title }: FileNameProps): React.JSX.Element {
  const [head, tail] = partsOfName(name);
  if (tail === "") {
    return (
      <bdi className={`file-name ${className}`} title={title}>
        {name}
      </bdi>
    );
  }
  return (
    <bdi className="file-name file-cut" title={title ?? name}>
      <span className={`unseen ${className}`}>{name}</span>
      <span className="file-head" aria-hidden>
        {head}
      </span>
      <span className="file-tail" aria-hidden>
        {tail}
      </span>
    </bdi>
  );
}
