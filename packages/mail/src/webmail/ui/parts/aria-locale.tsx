import type { ReactNode } from "react";
import { I18nProvider } from "react-aria-components";
import { useWords } from "../words/use-words.ts";

/** The language and direction of the words, for what React Aria draws. */
export function AriaLocale({ children }: { readonly children: ReactNode }): React.JSX.Element {
  const { direction, locale } = useWords();
  return <I18nProvider locale={direction === "rtl" ? "ar" : locale}>{children}</I18nProvider>;
}
