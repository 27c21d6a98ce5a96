import XMLBuilder from "fast-xml-builder";
import { EC2_VERSION } from "./apiAction";

/** How the body of an answer comes to harm on its way, after AWS has done what was asked. */
export type Damage = "stalls" | "isHtml" | "isEmpty" | "isCutOff";

/** What AWS answers to a request. */
export interface Answer {
  version: string;
  name: string;
  /** Of HTTP. */
  status: number;
  /** The answer's fields, named as in AWS's XML. */
  content: object;
  /** How long the function computes to read it. */
  readingMs: number;
  refusal?: { code: string; message: string };
  damage?: Damage;
}

const xml = new XMLBuilder({});

/** The body as it goes over the wire: of one that stalls, or is cut off, the first half. */
export function bodyOf(answer: Answer): string {
  const { version, name, content, refusal, damage } = answer;
  if (damage === "isEmpty") return "";
  if (damage === "isHtml") return "<!DOCTYPE html><html><body>Please come back later</body></html>";
  const whole = xml.build(
    refusal ? errorXml(version, refusal.code, refusal.message) : answerXml(version, name, content),
  );
  return damage === undefined ? whole : whole.slice(0, whole.length / 2);
}

/** An answer of the same form in which there is nothing, and nothing to follow. */
export function withoutContent(answer: Answer): Answer {
  const lists = Object.entries(answer.content as Record<string, unknown>).flatMap(([name, list]) =>
    typeof list === "object" && list !== null
      ? [[name, "item" in list ? { item: [] } : { member: [] }]]
      : [],
  );
  return { ...answer, content: Object.fromEntries(lists) as object };
}

function answerXml(version: string, name: string, answer: object): object {
  return version === EC2_VERSION
    ? { [`${name}Response`]: { requestId: "simulated", ...answer } }
    : { [`${name}Response`]: { [`${name}Result`]: answer } };
}

function errorXml(version: string, Code: string, Message: string): object {
  return version === EC2_VERSION
    ? { Response: { Errors: { Error: { Code, Message } }, RequestID: "simulated" } }
    : { ErrorResponse: { Error: { Type: "Sender", Code, Message }, RequestId: "simulated" } };
}
