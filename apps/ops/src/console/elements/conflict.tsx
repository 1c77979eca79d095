import { explainRefusal, type FormFailure } from "./form-failure.ts";
import { NoticeBox } from "./notice.tsx";

export interface ConflictProps {
  failure: FormFailure | undefined;
  /** The page anew. */
  href: string;
  /** What it is about, such as `payment`. */
  what: string;
}

/** Above a page whose form came too late: the form itself may not be there any more. Nothing for any other failure. */
export function Conflict({ failure, href, what }: ConflictProps) {
  if (failure?.error.status !== 409) return null;
  return (
    <NoticeBox notice={{ tone: "bad", text: explainRefusal(failure) }}>
      <p>
        Below is the {what} as it is now. <a href={href}>{`Back to the ${what}`}</a>
      </p>
    </NoticeBox>
  );
}
