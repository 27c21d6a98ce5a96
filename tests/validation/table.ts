import { parse } from "yaml";

/** The configuration of a stack, and the lines of the error that it ends with: none where it is right. */
export interface Configuration {
  title: string;
  keys: Record<string, unknown>;
  mistakes: string[];
}

const found = (what: string) => `which can't be read: no matching EC2 ${what} found; write`;
const HERE = "of this account and Region";
/** The ends of lines that many tables have. */
export const NO_SUBNET = `${found("Subnet")} a subnet ${HERE}`;
export const NO_SECURITY_GROUP = `${found("Security Group")} a security group ${HERE}`;
export const NO_INTERFACE = `${found("Network Interface")} a network interface ${HERE}`;
export const NO_TYPE = `${found("Instance Type")} an instance type of this Region`;
export const A_TAG_KEY =
  "write up to 128 of letters, digits and + - = . , _ : @, not beginning with aws: and not Name";

type Keys = Record<string, unknown>;

const INTERFACE_KEYS = ["size", "addresses", "networkInterfaceIds", "onDemandSubnetIds"];

/**
 * Reads configurations from text:
 *
 *     a title, in which $ stands for one value after another, as it does below
 *       the keys of the stack in YAML, with `pool` for the keys of its only pool
 *       => a line of the error,
 *          which may go on here
 *       each 0 | 1.5
 *
 * A row without `=>` is right. YAML may go on in deeper lines; `tests/existing.ts` says what ids exist.
 * The only pool is called licence, and has size 1 unless it says what interfaces it has.
 */
export function readTable(text: TemplateStringsArray, ...values: unknown[]): Configuration[] {
  const [head = "", ...rows] = String.raw(text, ...values).split(/\n(?=\S)/);
  if (head !== "") throw new Error(`"${head}" is on the first line, which stays empty`);
  return rows.flatMap((row) => {
    const [, body = "", each] = /^(.*?)(?:\n {2}each (.*))?\s*$/s.exec(row) ?? [];
    if (each === undefined) return [readRow(body)];
    if (/\S\||\|\S/.test(each)) throw new Error(`write spaces around each | of "${each}"`);
    return each.split(" | ").map((value) => readRow(body.replaceAll("$", () => value)));
  });
}

function readRow(row: string): Configuration {
  const [configuration = "", ...lines] = row.split(/\n {2}=> /);
  const [title = "", ...yaml] = configuration.split("\n");
  const { pool, ...keys } = parse(yaml.join("\n")) as Keys;
  return {
    title,
    keys: pool === undefined ? keys : { pools: [withInterfaces(pool as Keys)], ...keys },
    mistakes: lines.map((line) => line.replaceAll(/\n +/g, " ")),
  };
}

function withInterfaces(pool: Keys): Keys {
  const size = INTERFACE_KEYS.some((key) => key in pool) ? {} : { size: 1 };
  return { name: "licence", ...size, ...pool };
}
