// The screens beside mail. Each is loaded when it is first gone to; one that is not here yet is offered nowhere.
import type { ComponentType } from "react";
import { loadedPart } from "../parts/loaded-part.tsx";
import { PartFailed } from "../parts/part-failed.tsx";
import type { Place } from "../place/place.ts";

export type OtherPlace = Exclude<Place, { screen: "mail" }>;

export type Screens = {
  readonly [S in OtherPlace["screen"]]?: ComponentType<{ readonly place: Extract<OtherPlace, { screen: S }> }>;
};

function screen<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return loadedPart({ load, instead: (again) => <PartFailed again={again} /> });
}

export const SCREENS: Screens = {
  drafts: screen(async () => (await import("../outbox/drafts-screen.tsx")).DraftsScreen),
  outbox: screen(async () => (await import("../outbox/outbox-screen.tsx")).OutboxScreen),
  organise: screen(async () => (await import("../organise/organise-screen.tsx")).OrganiseScreen),
  "add-source": screen(async () => (await import("../sources/add-source.tsx")).AddSource),
  source: screen(async () => (await import("../server-mailbox/source-screen.tsx")).SourceScreen),
  settings: screen(async () => (await import("../settings/settings-screen.tsx")).SettingsScreen),
};
