// What declarations say of how an element looks, as far as it decides whether a person sees it. A small part of the
// cascade: later beats earlier, important beats both.
import type { ReadDeclaration } from "./declarations.ts";

export interface LookValue {
  readonly value: string;
  readonly isImportant: boolean;
}

export type Look = Map<string, LookValue>;

const LOOKED_AT = new Set(
  (
    "background background-color background-image bottom clip clip-path color display font font-size height left margin margin-left " +
    "margin-top max-height max-width opacity overflow overflow-x overflow-y position right text-indent top visibility width"
  ).split(" "),
);

export function addToLook(look: Look, declarations: readonly ReadDeclaration[]): void {
  for (const { property, value, isImportant } of declarations) setInLook(look, property, { value, isImportant });
}

export function setInLook(look: Look, property: string, value: LookValue): void {
  if (!LOOKED_AT.has(property) || value.value.length > 500) return;
  if (look.get(property)?.isImportant === true && !value.isImportant) return;
  look.set(property, value);
}

/** A length in pixels; undefined for what depends on anything else. */
export function pixels(look: Look, property: string): number | undefined {
  const [, number, unit] = /^(-?\d*\.?\d+)(px|pt|em|rem|%)?$/.exec(look.get(property)?.value ?? "") ?? [];
  if (number === undefined) return undefined;
  if (Number(number) === 0) return 0;
  const factor = new Map([
    ["px", 1],
    ["pt", 4 / 3],
    ["em", 16],
    ["rem", 16],
  ]).get(unit ?? "");
  return factor === undefined ? undefined : Number(number) * factor;
}
