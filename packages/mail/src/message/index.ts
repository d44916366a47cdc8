// Reading a mail: what it says, who it is from, what is attached, made harmless, in plain data.
export type {
  CalendarEvent,
  DeliveryReport,
  HtmlOptions,
  MailAddress,
  MailReader,
  MessageBody,
  MessagePart,
  MessageSummary,
  PartContent,
  ReadingFailure,
  ReadMessage,
  SafeHtml,
  SenderWarning,
  TextBlock,
  Unsubscribe,
} from "./contract.ts";
