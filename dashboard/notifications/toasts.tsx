import { Notification } from "@mantine/core";
import { useEffect, useState } from "react";
import { toneColor } from "../kit/tone.ts";
import type { ToastContent } from "./feed.ts";
import { useFeed } from "./feed_context.tsx";
import { LEVELS } from "./level.tsx";
import { SubjectLink } from "./subject_link.tsx";

const MAX_SHOWN = 4;
const SHOWN_MS = 6_000;
// A failure needs more time to be read.
const FAILURE_SHOWN_MS = 12_000;

/** Toasts of what starts and ends, in the corner of the page. They close automatically, unless the pointer is on one. */
export function Toasts() {
  const { toasts } = useFeed();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const shown = toasts.filter(({ key }) => !closed.has(key)).slice(-MAX_SHOWN);
  const close = (key: string) => setClosed((before) => new Set([...before, key]));
  return (
    <div className="toasts" role="region" aria-label="Latest events">
      {shown.map((toast) => (
        <Toast
          key={toast.key}
          toast={toast}
          onClose={() => close(toast.key)}
        />
      ))}
    </div>
  );
}

function Toast({ toast, onClose }: {
  readonly toast: ToastContent;
  readonly onClose: () => void;
}) {
  const { level, title, body, subjectId, notificationId } = toast;
  const [held, setHeld] = useState(false);
  const { tone, icon: Symbol } = LEVELS[level];
  const failure = level === "ERROR" || level === "WARNING";
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onClose, failure ? FAILURE_SHOWN_MS : SHOWN_MS);
    return () => clearTimeout(timer);
    // A new function in each rendering must not start the time again.
  }, [held, failure]);
  return (
    <Notification
      className="toast"
      data-level={level}
      role={failure ? "alert" : "status"}
      icon={<Symbol size={20} aria-hidden />}
      color={toneColor(tone)}
      title={
        <SubjectLink subjectId={subjectId} notificationId={notificationId} onFollow={onClose}>
          {title}
        </SubjectLink>
      }
      withBorder
      onClose={onClose}
      closeButtonProps={{ "aria-label": "Close" }}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {body}
    </Notification>
  );
}
