import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { IdentityRow } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { identitiesQuery } from "../data/writing-queries.ts";
import { written } from "../compose/addresses.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { useWords } from "../words/use-words.ts";
import { IdentityForm } from "./identity-form.tsx";
import type { PageProps } from "./organise-screen.tsx";
import { useChange } from "./use-change.ts";

/** Who one writes as. */
export function AddressesPage({ account }: PageProps): React.JSX.Element {
  const { say } = useWords();
  const { data } = useQuery(identitiesQuery(account));
  const identities = data?.identities ?? [];
  const [edited, setEdited] = useState<IdentityRow | "new" | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const remove = useChange((address: string) => call("removeIdentity", { account, address }), [KEYS.identities]);
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
              onPress={() => setRemoving(identity.address)}
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
          onConfirm={() => remove.mutate(removing)}
        >
          {say("identity.remove-more", { address: removing })}
        </Confirm>
      )}
    </>
  );
}
