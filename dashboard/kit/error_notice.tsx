import { Alert, Button, Group } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { CombinedError } from "urql";

/** An error beside what caused it, with its remedy. */
export function ErrorNotice({ title, reason, onRetry, action }: {
  readonly title?: string;
  readonly reason: string;
  /** Repeats what failed; absent if a repetition would not help. */
  readonly onRetry?: () => void;
  /** Link to the remedy. */
  readonly action?: ReactNode;
}) {
  return (
    <Alert
      role="alert"
      className="error-notice"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={title}
      variant="outline"
    >
      <Group justify="space-between" wrap="nowrap">
        <span>{reason}</span>
        {onRetry && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
        {action}
      </Group>
    </Alert>
  );
}

/** Words for an error of the transport or of the whole operation. */
export function reasonOf(error: CombinedError): string {
  if (error.networkError) {
    return "Cannot reach the server. The page is read again as soon as the connection is back.";
  }
  return error.graphQLErrors.map(({ message }) => message).join(" ") || error.message;
}
