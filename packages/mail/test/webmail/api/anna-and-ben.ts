// A post office with two accounts and three letters: two of Anna's, one with files, and one of Ben's.
import { WITH_FILES } from "./letter-with-files.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

export interface AnnaAndBen {
  readonly office: ReaderOffice;
  readonly anna: string;
  readonly ben: string;
  /** Anna's, "Hello there". */
  readonly hello: number;
  /** Anna's, "Plans". */
  readonly withFiles: number;
  readonly bens: number;
}

export async function openAnnaAndBen(): Promise<AnnaAndBen> {
  const office = await openReaderOffice({ keys: { "web.authserv_id": "mx.example.org" } });
  const anna = await office.account("anna");
  const ben = await office.account("ben");
  const hello = await office.deliver(
    "anna",
    "From: Mina <mina@harbour.example>\nTo: anna@localhost\nSubject: Hello there\nMessage-ID: <1@x>\n\nGood morning.\n",
  );
  const withFiles = await office.deliver("anna", WITH_FILES);
  const bens = await office.deliver("ben", "From: x@y.example\nSubject: For Ben alone\n\nPrivate.\n");
  return { office, anna, ben, hello, withFiles, bens };
}
