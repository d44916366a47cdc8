import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import type { IdentityRow } from "../../api/schema/index.ts";
import { identitiesQuery } from "../data/writing-queries.ts";
import { Button } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { isolated } from "../words/words.ts";
import { written } from "./addresses.ts";

interface SenderFieldProps {
  readonly account: string;
  readonly from: string;
  /** The address the message came to that is answered; null when nothing is. */
  readonly cameTo: string | null;
  readonly onChange: (identity: IdentityRow, before: IdentityRow | undefined) => void;
}

/** Which of one's addresses writes. Answering from another than the mail came to is said. */
export function SenderField({ account, from, cameTo, onChange }: SenderFieldProps): React.JSX.Element {
  const { say, direction } = useWords();
  const { data } = useQuery(identitiesQuery(account));
  const identities = data?.identities ?? [];
  const current = identities.find(({ address }) => sameAddress(address, from));
  const choose = (address: string): void => {
    const chosen = identities.find((one) => one.address === address);
    if (chosen !== undefined) onChange(chosen, current);
  };
  const right = cameTo === null ? undefined : identities.find(({ address }) => sameAddress(address, cameTo));
  return (
    <>
      <label className="compose-line">
        <span className="compose-label">{say("compose.from")}</span>
        <select
          className="compose-from"
          value={current?.address ?? from}
          onChange={({ target }) => choose(target.value)}
        >
          {current === undefined ? <option value={from}>{from}</option> : null}
          {identities.map((one) => (
            <option key={one.address} value={one.address}>
              {/* An option holds no elements: signs alone keep its brackets around the address. */}
              {isolated(written(one), direction)}
            </option>
          ))}
        </select>
      </label>
      {right === undefined || sameAddress(right.address, from) ? null : (
        <p className="compose-hint warning" role="status">
          <CircleAlert size={14} aria-hidden />
          <span>{say("compose.other-address", { address: right.address })}</span>
          <Button kind="quiet" onPress={() => choose(right.address)}>
            {say("compose.use-address", { address: right.address })}
          </Button>
        </p>
      )}
    </>
  );
}

function sameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
