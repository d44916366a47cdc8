import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type KeyboardEvent, use, useEffect, useState } from "react";
import {
  Button,
  ComboBox,
  ComboBoxStateContext,
  Input,
  ListBox,
  ListBoxItem,
  Popover,
  Tag,
  TagGroup,
  TagList,
} from "react-aria-components";
import { completionsQuery } from "../data/writing-queries.ts";
import { useWords } from "../words/use-words.ts";
import { type Address, beginsLike, chipText, isAddress, readAddresses, withAddresses, written } from "./addresses.ts";
import "../parts/menu.css";

interface RecipientFieldProps {
  readonly account: string;
  readonly label: string;
  readonly addresses: readonly Address[];
  readonly hasFocus?: boolean;
  readonly onChange: (addresses: Address[]) => void;
}

/** Recipients as chips, completed from the addresses of the account's mail. */
export function RecipientField(props: RecipientFieldProps): React.JSX.Element {
  const { account, label, addresses, hasFocus = false, onChange } = props;
  const { say } = useWords();
  const [text, setText] = useState("");
  const { data } = useQuery(completionsQuery(account, text.trim()));
  const chosen = new Set(addresses.map(({ address }) => address.toLowerCase()));
  // While the server has not answered what stands there now, what it answered before may still be here.
  const offered = (data?.addresses ?? []).filter(
    (one) => beginsLike(one, text.trim()) && !chosen.has(one.address.toLowerCase()),
  );

  const add = (added: readonly Address[]): void => {
    setText("");
    if (added.length > 0) onChange(withAddresses(addresses, added));
  };
  /** What is typed, or, when that is not an address yet, what it most likely becomes. */
  const addTyped = (isLikely: boolean): void => {
    const typed = readAddresses(text);
    const [first] = offered;
    add(isLikely && first !== undefined && !typed.every(isAddress) ? [first] : typed);
  };
  const typed = (next: string): void => {
    if (/[,;\n]\s*$/.test(next) || /[,;\n]/.test(next.trim())) {
      const before = readAddresses(next);
      if (before.length > 0) return add(before);
    }
    setText(next);
  };
  const pressed = (event: KeyboardEvent): void => {
    const { target, key } = event;
    if (!(target instanceof HTMLInputElement)) return;
    const isInList = target.hasAttribute("aria-activedescendant");
    if (key === "Enter" && text !== "" && !isInList && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      addTyped(true);
    } else if (key === "Backspace" && text === "") onChange(addresses.slice(0, -1));
  };
  return (
    // Keys go through here on their way to the field.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="recipients" onKeyDownCapture={pressed}>
      <span className="compose-label" aria-hidden>
        {label}
      </span>
      <div className="recipient-box">
        {addresses.length === 0 ? null : (
          <TagGroup
            aria-label={say("compose.chosen", { field: label })}
            className="chips"
            onRemove={(keys) => onChange(addresses.filter(({ address }) => !keys.has(address)))}
          >
            <TagList items={addresses.map((one) => ({ ...one, id: one.address }))} className="chip-list">
              {(one) => (
                <Tag
                  id={one.id}
                  textValue={written(one)}
                  className={isAddress(one) ? "person-chip" : "person-chip wrong"}
                >
                  <bdi title={written(one)}>{chipText(one)}</bdi>
                  {isAddress(one) ? null : <span className="unseen">{say("compose.no-address")}</span>}
                  <Button slot="remove" className="chip-remove" aria-label={say("compose.remove")}>
                    <X size={14} aria-hidden />
                  </Button>
                </Tag>
              )}
            </TagList>
          </TagGroup>
        )}
        <ComboBox
          aria-label={label}
          className="recipient-combo"
          items={offered.map((one) => ({ ...one, id: one.address }))}
          inputValue={text}
          onInputChange={typed}
          selectedKey={null}
          onSelectionChange={(key) => {
            const found = offered.find(({ address }) => address === key);
            if (found !== undefined) add([found]);
          }}
          allowsCustomValue
          menuTrigger="input"
          // The first field of a window that was just asked for.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus={hasFocus}
          onBlur={() => addTyped(false)}
        >
          <Input
            className="recipient-input"
            dir="auto"
            autoComplete="off"
            spellCheck="false"
            // A line of pasted addresses loses its ends of lines in the field; they are read before.
            onPaste={(event) => {
              const pasted = event.clipboardData.getData("text/plain");
              if (!/[,;\n]|@.*@/.test(pasted.trim())) return;
              event.preventDefault();
              add(readAddresses(pasted));
            }}
          />
          <OpenedWhenFound isFound={offered.length > 0} />
          <Popover className="popover" placement="bottom start" offset={4}>
            <ListBox<Address & { readonly id: string }> className="completions">
              {(one) => (
                <ListBoxItem id={one.id} textValue={written(one)} className="completion">
                  {one.name === "" ? null : <bdi className="completion-name">{one.name}</bdi>}
                  <bdi className="completion-address">{one.address}</bdi>
                </ListBoxItem>
              )}
            </ListBox>
          </Popover>
        </ComboBox>
      </div>
    </div>
  );
}

/** A combo box opens as somebody types. What it offers here comes from the server a moment later, and opens it then. */
function OpenedWhenFound({ isFound }: { readonly isFound: boolean }): null {
  const state = use(ComboBoxStateContext);
  useEffect(() => {
    if (isFound && state?.isFocused === true && !state.isOpen) state.open(null, "input");
    // Not again when somebody closed it.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isFound]);
  return null;
}
