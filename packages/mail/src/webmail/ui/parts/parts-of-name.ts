/** A name of more letters may have to be shortened; then the last of them stay in sight, and its ending among them. */
const WHOLE_LETTERS = 20;
const TAIL_LETTERS = { least: 10, most: 16 };
/** In sight before the ending: "…ly.pdf.exe" says more than ".exe". */
const BEFORE_ENDING = 4;

/** What may be shortened of a name and what may not; the latter is empty of a short one. */
export function partsOfName(name: string): readonly [head: string, tail: string] {
  const letters = Array.from(new Intl.Segmenter().segment(name), ({ segment }) => segment);
  if (letters.length <= WHOLE_LETTERS) return [name, ""];
  const dot = letters.lastIndexOf(".");
  const ending = dot < 0 ? 0 : letters.length - dot;
  const tail = Math.min(TAIL_LETTERS.most, Math.max(TAIL_LETTERS.least, ending + BEFORE_ENDING));
  return [letters.slice(0, -tail).join(""), letters.slice(-tail).join("")];
}
