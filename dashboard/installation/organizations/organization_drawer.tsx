import { Drawer, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { Id } from "../../kit/links.tsx";
import { useViewer } from "../../shell/viewer.tsx";
import { AdminKey } from "./admin_key.tsx";
import { DeleteForm } from "./delete_form.tsx";
import { OrganizationQuery } from "./operations.ts";
import { OrganizationForm } from "./organization_form.tsx";

interface Handlers {
  readonly onChanged: () => void;
  /** Called with the id of the job that deletes. */
  readonly onDeleted: (jobId: string) => void;
}

/** Settings, keys and deletion of one organization. */
export function OrganizationDrawer({ id, onClose, ...handlers }: Handlers & {
  /** Undefined: closed. */
  readonly id: string | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="md"
      title="Organization"
    >
      {id !== undefined && <OpenOrganization key={id} id={id} {...handlers} />}
    </Drawer>
  );
}

function OpenOrganization({ id, onChanged, onDeleted }: Handlers & { readonly id: string }) {
  const viewer = useViewer();
  const [{ data, error }, read] = useQuery({ query: OrganizationQuery, variables: { id } });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={200} />;
  if (data.node?.__typename !== "Organization") {
    return <ErrorNotice reason="This organization does not exist. It may have been deleted." />;
  }
  return (
    <Stack gap="xl">
      <Id id={id} />
      <OrganizationForm organization={data.node} onChanged={onChanged} />
      <AdminKey organization={data.node} />
      {id === viewer.organization.id
        ? <p className="dimmed">Your own organization cannot be deleted.</p>
        : <DeleteForm organization={data.node} onDeleted={onDeleted} />}
    </Stack>
  );
}
