import assert from "node:assert/strict";
import { SingleZoneGroup, type SingleZoneGroupArgs } from "../../components/singleZoneGroup";
import type { Registration } from "../../simulator/deploy/registrations";
import { deploy, find } from "../mocks";

/** A part of a document of several, with its text as it was before it was encoded. */
export interface Part {
  type: string;
  text: string;
}

/** Creates a group of pool `licence` that waits for its address. */
export const createGroup =
  (args: Partial<SingleZoneGroupArgs> = {}) =>
  () =>
    new SingleZoneGroup("licence", {
      poolName: "licence",
      poolSize: 2,
      addresses: ["10.0.0.10", "10.0.0.11"],
      subnetIds: ["subnet-a"],
      securityGroupIds: ["sg-1"],
      waitForAddress: true,
      ...args,
    });

/** The user data, before base64, that the launch template of such a group carries. */
export async function deployUserData(args: Partial<SingleZoneGroupArgs> = {}): Promise<string> {
  return userDataIn((await deploy(createGroup(args))).registrations);
}

/** The user data, before base64, of the registered launch template of pool `licence`. */
export function userDataIn(registrations: Registration[]): string {
  const { inputs } = find(registrations, "aws:ec2/launchTemplate:LaunchTemplate", "licence");
  return Buffer.from(String(inputs.userData), "base64").toString();
}

/** Reads a multipart document as RFC 2046 has it. */
export function partsOf(document: string): Part[] {
  const [, boundary = ""] =
    /^Content-Type: multipart\/mixed; boundary="([^"]+)"$/m.exec(document) ?? [];
  assert.match(document, /^Content-Type: .*\nMIME-Version: 1\.0\n\n--/);
  const [, ...parts] = `\n${document}`.split(`\n--${boundary}`);
  assert.equal(parts.pop(), "--\n");
  return parts.map((part) => {
    const [head = "", ...body] = part.replace(/^\n/, "").split("\n\n");
    const header = (name: string) => new RegExp(`^${name}: ([^;\n]*)`, "m").exec(head)?.[1] ?? "";
    const text = body.join("\n\n");
    const isEncoded = header("Content-Transfer-Encoding") === "base64";
    return {
      type: header("Content-Type"),
      text: isEncoded ? Buffer.from(text, "base64").toString() : text,
    };
  });
}

/** The script for cloud-init that is the first part of such a group's user data. */
export async function deployBoothook(args: Partial<SingleZoneGroupArgs> = {}): Promise<string> {
  const [first] = partsOf(await deployUserData(args));
  assert.equal(first?.type, "text/cloud-boothook");
  return first.text;
}
