import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { IdentityRow } from "../../api/schema/index.ts";
import { KEYS } from "../data/queries.ts";
import { identitiesQuery } from "../data/writing-queries.ts";
import { written } from "../compose/addresses.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { Known } from "../parts/known.tsx";
import { useWords } from "../words/use-words.ts";
import { IdentityForm } from "./identity-form.tsx";
import type { PageProps } from "./organise-screen.tsx";
import { removeAddress, useRemovedAddresses } from "./removed-addresses.ts";

/** Who one writes as. */
export function AddressesPage({ account }: PageProps): React.JSX.Element {
  const query = useQuery(identitiesQuery(account));
  return <Known query={query}>{({ identities }) => <Addresses account={account} kept={identities} />}</Known>;
}

interface AddressesProps {
  readonly account: string;
  readonly kept: readonly IdentityRow[];
}

function Addresses({ account, kept }: AddressesProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const [edited, setEdited] = useState<IdentityRow | "new" | null>(null);
  const [removing, setRemoving] = useState<IdentityRow | null>(null);
  const client = useQueryClient();
  const isRemoved = useRemovedAddresses();
  const askAgain = (): Promise<void> => client.invalidateQueries({ queryKey: KEYS.identities });
  const identities = kept.filter((one) => !isRemoved(one));
  return (
    <>
      <p className="organise-more">{say("identity.more")}</p>
      <ul className="things">
        {identities.map((identity) => (
          <li key={identity.address}>
            <span className="thing-text">
              <bdi>{written(identity)}</bdi>
              <span className="thing-more">
                {identity.server === null
                  ? say("identity.none")
                  : say("identity.through", { host: identity.server.host })}
                {identity.isDefault ? ` · ${say("identity.is-default")}` : ""}
              </span>
            </span>
            <Button onPress={() => setEdited(identity)}>{say("rule.edit")}</Button>
            <IconButton
              icon={Trash2}
              label={say("identity.remove", { address: identity.address })}
              onPress={() => setRemoving(identity)}
            />
          </li>
        ))}
      </ul>
      {edited === null ? (
        <div>
          <Button kind="primary" onPress={() => setEdited("new")}>
            {say("identity.new")}
          </Button>
        </div>
      ) : (
        <IdentityForm
          key={edited === "new" ? "new" : edited.address}
          account={account}
          identity={edited === "new" ? null : edited}
          isFirst={identities.every(({ isDefault }) => !isDefault)}
          onClose={() => setEdited(null)}
        />
      )}
      {removing === null ? null : (
        <Confirm
          title={say("identity.remove-ask")}
          does={say("identity.remove-does")}
          onClose={() => setRemoving(null)}
          onConfirm={() => removeAddress(words, placeOf(removing), askAgain)}
        >
          {say("identity.remove-more", { address: removing.address })}
        </Confirm>
      )}
    </>
  );
}

function placeOf({ account, address, version }: IdentityRow): Parameters<typeof removeAddress>[1] {
  return { account, address, version };
}
