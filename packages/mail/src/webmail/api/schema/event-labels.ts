// What an event is and what stands before its facts, in English: the reader's catalogue and the printed page both say this.
export const EVENT_LABELS = {
  "calendar.title": "Invitation",
  "calendar.cancelled": "Cancelled",
  "calendar.starts": "Starts",
  "calendar.ends": "Ends",
  "calendar.repeats": "Repeats",
  "calendar.left-out": "Not on",
  "calendar.added": "Also on",
  "calendar.place": "Where",
  "calendar.organiser": "Organiser",
  "calendar.notes": "Notes",
} as const;

export type EventLabel = keyof typeof EVENT_LABELS;
