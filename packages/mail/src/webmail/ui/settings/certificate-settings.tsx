// The certificate a source fails for, or is trusted by: what there is to compare, and the one place where it is trusted.
import { Fragment, useState } from "react";
import type { Certificate, SourceStatus } from "../../api/schema/index.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { troubleText } from "../words/collect-text.ts";
import { dayOf } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";

interface CertificateSettingsProps {
  readonly status: SourceStatus;
  readonly onSave: (change: { readonly pin: string | null }) => void;
}

/** Nothing, where the certificate is trusted by its issuer and name. */
export function CertificateSettings({ status, onSave }: CertificateSettingsProps): React.JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const { source, trouble, pins, mayTrust } = status;
  const [asked, setAsked] = useState<string | null>(null);
  const [isStopAsked, askStop] = useState(false);
  const shown = trouble?.certificate ?? null;
  if (shown === null && pins.length === 0) return null;
  return (
    <section className="certificate" aria-label={say("certificate.title")}>
      <h3>{say("certificate.title")}</h3>
      {trouble === null || shown === null ? null : (
        <>
          <p>{say("certificate.why", { text: troubleText(words, trouble) })}</p>
          <CertificateFacts certificate={shown} />
          <p>{mayTrust ? say("certificate.compare") : say("certificate.known", { source })}</p>
        </>
      )}
      {pins.length === 0 ? null : (
        <>
          <p>{say("certificate.trusted")}</p>
          <ul>
            {pins.map((pin) => (
              <li key={pin}>
                <Fingerprint of={pin} />
              </li>
            ))}
          </ul>
        </>
      )}
      <div className="acts">
        {shown === null || !mayTrust ? null : (
          <Button onPress={() => setAsked(shown.fingerprint)}>{say("certificate.trust")}</Button>
        )}
        {pins.length === 0 ? null : <Button onPress={() => askStop(true)}>{say("certificate.distrust")}</Button>}
      </div>
      {asked === null ? null : (
        <Confirm
          title={say("certificate.ask-title", { source })}
          does={say("certificate.trust")}
          // What was asked about, whatever the server shows by now.
          onConfirm={() => onSave({ pin: asked })}
          onClose={() => setAsked(null)}
        >
          <p>{say("certificate.ask")}</p>
          <p>
            <Fingerprint of={asked} />
          </p>
        </Confirm>
      )}
      {isStopAsked ? (
        <Confirm
          title={say("certificate.distrust-title", { source })}
          does={say("certificate.distrust")}
          onConfirm={() => onSave({ pin: null })}
          onClose={() => askStop(false)}
        >
          <p>{say("certificate.distrust-ask", { source })}</p>
        </Confirm>
      ) : null}
    </section>
  );
}

/** What it says of itself. */
function CertificateFacts({ certificate }: { readonly certificate: Certificate }): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const { fingerprint, subject, issuer, names, validFrom, validTo } = certificate;
  const isItsOwn = issuer === subject && issuer !== "";
  return (
    <Facts>
      <Fact name={say("certificate.names")}>
        {names.length === 0 ? say("certificate.no-names") : <bdi>{names.join(", ")}</bdi>}
      </Fact>
      {subject === "" ? null : (
        <Fact name={say("certificate.subject")}>
          <bdi>{subject}</bdi>
        </Fact>
      )}
      <Fact name={say("certificate.issuer")}>
        {isItsOwn ? say("certificate.itself") : issuer === "" ? say("certificate.nobody") : <bdi>{issuer}</bdi>}
      </Fact>
      <Fact name={say("certificate.valid")}>
        {say("certificate.days", { from: dayText(words, validFrom), to: dayText(words, validTo) })}
      </Fact>
      <Fact name={say("certificate.fingerprint")}>
        <Fingerprint of={fingerprint} />
      </Fact>
    </Facts>
  );
}

function dayText(words: Words, at: number | null): string {
  return at === null ? words.say("certificate.no-day") : dayOf(words, at);
}

/** Its lines end between pairs, however narrow it is. */
function Fingerprint({ of }: { readonly of: string }): React.JSX.Element {
  return (
    <code className="fingerprint" dir="ltr">
      {of.split(/(?<=:)/).map((pair, at) => (
        <Fragment key={at}>
          {pair}
          <wbr />
        </Fragment>
      ))}
    </code>
  );
}
