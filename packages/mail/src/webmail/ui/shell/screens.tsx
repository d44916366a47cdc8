// The screens beside mail. Each is loaded when it is first gone to; one that is not here yet is offered nowhere.
import { lazy, type LazyExoticComponent } from "react";
import type { Place } from "../place/place.ts";

export type OtherPlace = Exclude<Place, { screen: "mail" }>;

export type Screens = {
  readonly [S in OtherPlace["screen"]]?: LazyExoticComponent<
    (props: { readonly place: Extract<OtherPlace, { screen: S }> }) => React.JSX.Element
  >;
};

export const SCREENS: Screens = {
  drafts: lazy(async () => ({ default: (await import("../outbox/drafts-screen.tsx")).DraftsScreen })),
  outbox: lazy(async () => ({ default: (await import("../outbox/outbox-screen.tsx")).OutboxScreen })),
  organise: lazy(async () => ({ default: (await import("../organise/organise-screen.tsx")).OrganiseScreen })),
  "add-source": lazy(async () => ({ default: (await import("../sources/add-source.tsx")).AddSource })),
  source: lazy(async () => ({ default: (await import("../server-mailbox/source-screen.tsx")).SourceScreen })),
  settings: lazy(async () => ({ default: (await import("../settings/settings-screen.tsx")).SettingsScreen })),
};
