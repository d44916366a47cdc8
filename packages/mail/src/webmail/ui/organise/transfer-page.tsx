import { ExportMail } from "./export-mail.tsx";
import { ImportMail } from "./import-mail.tsx";
import type { PageProps } from "./organise-screen.tsx";

/** Mail in and out of an account. */
export function TransferPage({ account }: PageProps): React.JSX.Element {
  return (
    <>
      <ImportMail account={account} />
      <ExportMail account={account} />
    </>
  );
}
