// Whether new mail is told while the reader is not looked at. The browser is asked by a click and never otherwise.
import { useState } from "react";
import type { ReaderSettings } from "../../api/schema/index.ts";
import { Switch } from "../parts/entries.tsx";
import { useWords } from "../words/use-words.ts";

interface NotificationSettingsProps {
  readonly settings: ReaderSettings;
  readonly onChange: (change: Partial<ReaderSettings>) => void;
}

export function NotificationSettings({ settings, onChange }: NotificationSettingsProps): React.JSX.Element {
  const { say } = useWords();
  const [permission, setPermission] = useState(permissionNow);
  const changed = async (isOn: boolean): Promise<void> => {
    const given = isOn && permission === "default" ? await Notification.requestPermission() : permission;
    setPermission(given);
    onChange({ notify: isOn && given === "granted" });
  };
  return (
    <>
      <Switch
        label={say("settings.notify")}
        more={say("settings.notify-more")}
        isOn={settings.notify && permission === "granted"}
        onChange={(isOn) => void changed(isOn)}
      />
      <p role="status">{permission === "denied" ? say("settings.notify-denied") : ""}</p>
    </>
  );
}

/** A browser without notifications allows none. */
function permissionNow(): NotificationPermission {
  return "Notification" in window ? Notification.permission : "denied";
}
