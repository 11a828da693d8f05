import { useSession } from "../hooks/useRoom";
import type { Subject } from "../store/menu";
import { Icon } from "./Icon";

/** Opens the menu of everything that can be done about a comment. */
export function MoreButton({ subject }: { subject: Subject }) {
  const { actions } = useSession();
  return (
    <button
      type="button"
      title="More"
      aria-haspopup="menu"
      aria-label={`More about the comment by ${subject.user.name}`}
      onClick={(event) => actions.openMenu(subject, event.currentTarget)}
    >
      <Icon name="more" size={15} />
    </button>
  );
}
