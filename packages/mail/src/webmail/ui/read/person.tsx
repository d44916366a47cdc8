import { useWords } from "../words/use-words.ts";

interface PersonProps {
  readonly name: string;
  readonly address: string;
  readonly isMe?: boolean;
}

/** A person with the real address beside the name: a name can be anything. */
export function Person({ name, address }: PersonProps): React.JSX.Element {
  const { say } = useWords();
  if (address === "") return <bdi className="person-name">{name === "" ? say("person.nobody") : name}</bdi>;
  if (name === "" || name === address) return <bdi className="person-name">{address}</bdi>;
  return (
    <span className="person">
      <bdi className="person-name">{name}</bdi> <bdi className="person-address">&lt;{address}&gt;</bdi>
    </span>
  );
}
