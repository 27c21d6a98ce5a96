import { rightsOf } from "../../components/networkInterfaceManager/rights";
import {
  allowsMoves,
  ATTACH,
  conditionOf,
  DETACH,
  documentOf,
  hold,
  holdEach,
  MOVES,
  ONLY_POOLS,
  POOL_KEY,
  rolePolicy,
  statement,
} from "./iamBuilders";
import { configured, table } from "./policyCases";
import { resource, TAG_KEY } from "./stackBuilders";

type Props = Record<string, unknown>;

const HAND = 'RolePolicy "hand"';
const [openStatement] = documentOf().Statement;

const statements = (...Statement: unknown[]) => rolePolicy(JSON.stringify({ Statement }));

describe("manager-least-privilege", () => {
  const scopes: [what: string, pools: string[] | undefined][] = [
    ["every pool", undefined],
    ["pools by name", ["licence", "b${astion"]],
  ];
  for (const [what, pools] of scopes) {
    describe(`of the project's own manager for ${what}`, () => {
      const rights = rightsOf({
        tagKey: TAG_KEY,
        pools,
        queueArn: "arn:aws:sqs:eu-west-1:111122223333:events",
        logGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:manager",
      });
      const { Statement: written } = JSON.parse(JSON.stringify(rights)) as { Statement: Props[] };
      const unconditional = written.map((one) => ({ ...one, Condition: undefined }));
      const teamPool = allowsMoves(MOVES, HAND, "team:pool");
      holdEach(table`
        passes its rights: ${rolePolicy(JSON.stringify(rights))}
        stops them once they lose their conditions:
          ${statements(...unconditional)} ${allowsMoves(MOVES)} ${allowsMoves(MOVES)}
        stops them where another tag is the pool tag:
          ${rolePolicy(JSON.stringify(rights))} ${configured({ tagKey: "team:pool" })} ${teamPool}
          ${teamPool}
      `);
    });
  }

  describe("judges resources", () => {
    const machines = [
      "arn:aws:ec2:*:*:network-interface/*",
      "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
      "arn:aws:ec2:us-east-1:*:*",
      "arn:aws:ec2:us-east-1:*",
      "arn:aws-us-gov:ec2:*",
      "arn:aws-cn:*",
      "arn:aws-*",
      "arn:aws:ec2:us-east-1:111122223333:network-*",
      "arn:*:network-interface/*",
      "arn:aws:*",
      "*",
    ];
    for (const Resource of machines) {
      hold(
        `stops rights on ${Resource}, which may be an interface or an instance`,
        statement({ Resource }),
        allowsMoves([ATTACH]),
      );
    }
    const onSnapshots = statement({
      Action: "*",
      Resource: ["arn:aws:s3:::bucket/*", "arn:aws:ec2:*:*:snapshot/*"],
    });
    holdEach(table`
      stops rights on machines beside others:
        ${statement({ Resource: ["arn:aws:s3:::bucket/*", "arn:aws:ec2:*:*:network-interface/*"] })}
        ${allowsMoves([ATTACH])}
      stops rights on all but what is named:
        ${statement({ Resource: undefined, NotResource: "arn:aws:s3:::bucket/*" })}
        ${allowsMoves([ATTACH])}
      passes rights on what is neither interface nor instance: ${onSnapshots}
    `);
  });

  describe("judges statements", () => {
    const bucketPolicy = resource("aws:s3/bucketPolicy:BucketPolicy", "hand", {
      policy: JSON.stringify(documentOf()),
    });
    holdEach(table`
      and passes a program that gives nobody rights
      that aren't in a list:
        ${rolePolicy(JSON.stringify({ Statement: openStatement }))} ${allowsMoves([ATTACH])}
      and passes one that denies: ${statement({ Effect: "Deny", Action: "*" })}
      whatever one before them denies:
        ${statements({ ...openStatement, Effect: "Deny", Action: "*" }, openStatement)}
        ${allowsMoves([ATTACH])}
      but leaves resources alone that give no role rights: ${bucketPolicy}
    `);
  });

  describe("judges actions", () => {
    const open: [action: unknown, allowed: string[]][] = [
      [ATTACH, [ATTACH]],
      [DETACH, [DETACH]],
      [[ATTACH], [ATTACH]],
      [["ec2:Describe*", DETACH, ATTACH], MOVES],
      ["ec2:*", MOVES],
      ["*", MOVES],
      ["*:*", MOVES],
      ["ec2:Attach*", [ATTACH]],
      ["ec2:*tachNetworkInterface", MOVES],
      ["ec2:*NetworkInterface", MOVES],
      ["e?2:DetachNetworkInterface", [DETACH]],
      ["ec2:??tachNetworkInterface", MOVES],
      ["EC2:attachnetworkinterface", [ATTACH]],
      ["Ec2:DETACH*", [DETACH]],
    ];
    for (const [Action, allowed] of open) {
      hold(`stops ${JSON.stringify(Action)}`, statement({ Action }), allowsMoves(allowed));
    }

    const harmless: unknown[] = [
      "ec2:Describe*",
      "ec2:AttachNetworkInterfaces",
      "ec2:AttachNetwork",
      "my-ec2:AttachNetworkInterface",
      "ec2:?tachNetworkInterface",
      "ec2.AttachNetworkInterface",
      "ec.:AttachNetworkInterface",
      "ec2:(Attach|Detach)NetworkInterface",
      "ec2:(AttachNetworkInterface)",
      "ec2:?AttachNetworkInterface",
      "ec[0-9]:AttachNetworkInterface",
      "ec2:AttachVolume",
      "s3:*",
      "",
      [],
      // A pattern of many stars is read as fast as one of one.
      `${"*".repeat(60)}!`,
    ];
    for (const Action of harmless) {
      hold(`passes ${JSON.stringify(Action)}`, statement({ Action }));
    }

    const exceptions: [exceptions: unknown, allowed: string[]][] = [
      ["s3:*", MOVES],
      [["iam:*", "ec2:RunInstances"], MOVES],
      [ATTACH, [DETACH]],
      ["ec2:attach*", [DETACH]],
      ["ec2:*", []],
      [MOVES, []],
      [[], []],
    ];
    for (const [NotAction, allowed] of exceptions) {
      hold(
        `${allowed.length === 0 ? "passes" : "stops"} all but ${JSON.stringify(NotAction)}`,
        statement({ Action: undefined, NotAction }),
        ...(allowed.length === 0 ? [] : [allowsMoves(allowed)]),
      );
    }
  });

  describe("judges conditions", () => {
    const limiting: [operator: string, value: unknown, key?: string][] = [
      ["StringEquals", "licence"],
      ["StringEquals", ["licence", "bastion"]],
      ["StringEqualsIgnoreCase", "Licence"],
      ["StringLike", "lic*"],
      ["StringLike", "*"],
      ["stringequals", "licence"],
      ["ForAnyValue:StringEquals", ["licence"]],
      ["ForAnyValue:StringLike", ["lic*"]],
      ["ForAnyValue:StringEqualsIgnoreCase", ["LICENCE"]],
      ["Null", false],
      ["Null", "false"],
      ["Null", ["false"]],
      ["null", [false, "false"]],
      ["StringEquals", "licence", `ec2:ResourceTag/${TAG_KEY}`],
      ["StringEquals", "licence", `AWS:resourcetag/${TAG_KEY}`],
      // IAM takes a tag of any case for the key, so this is no wider.
      ["StringEquals", "licence", `aws:ResourceTag/${TAG_KEY.toUpperCase()}`],
    ];
    for (const condition of limiting) {
      hold(
        `passes ${JSON.stringify(conditionOf(...condition).Condition)}`,
        statement({ Action: "*", ...conditionOf(...condition) }),
      );
    }

    const unlimited: [operator: string, value: unknown, key?: string][] = [
      ["Null", true],
      ["Null", "true"],
      ["Null", ["true"]],
      ["Null", ["false", "true"]],
      ["Null", []],
      ["NullIfExists", "false"],
      ["StringEqualsIfExists", "licence"],
      ["StringLikeIfExists", "lic*"],
      ["ForAnyValue:StringEqualsIfExists", "licence"],
      ["ForAllValues:StringEquals", "licence"],
      ["ForAllValues:StringLike", "lic*"],
      ["StringNotEquals", "licence"],
      ["StringNotEqualsIgnoreCase", "licence"],
      ["StringNotLike", "lic*"],
      ["ForAnyValue:StringNotEquals", "licence"],
      ["ArnNotEquals", "licence"],
      ["StringEquals", []],
      ["StringEquals", null],
      ["StringEquals", "licence", `aws:RequestTag/${TAG_KEY}`],
      ["StringEquals", "licence", `aws:PrincipalTag/${TAG_KEY}`],
      ["StringEquals", "licence", `my-aws:ResourceTag/${TAG_KEY}`],
      ["StringEquals", "licence", "aws:ResourceTag/Name"],
      ["StringEquals", "licence", "aws:ResourceTag"],
      ["StringEquals", "licence", `aws:ResourceTag/${TAG_KEY}/x`],
      ["StringEquals", "licence", `aws:ResourceTag/x/${TAG_KEY}`],
      ["StringEquals", TAG_KEY, "aws:TagKeys"],
    ];
    const noConditions = [{}, null, "StringEquals", { StringEquals: TAG_KEY }, { Null: [] }];
    const conditions = [
      ...unlimited.map((condition) => conditionOf(...condition).Condition),
      ...noConditions,
    ];
    for (const Condition of conditions) {
      hold(`stops ${JSON.stringify(Condition)}`, statement({ Condition }), allowsMoves([ATTACH]));
    }

    const elsewhere = { StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } };
    const pool = ONLY_POOLS.Condition;
    const slash = configured({ tagKey: "team/pool" });
    const byTag = (tag: string) =>
      statement(conditionOf("StringEquals", "licence", `aws:ResourceTag/${tag}`));
    const poolAndRegion = statement({
      Condition: { StringEquals: { "ec2:Region": "eu-west-1", [POOL_KEY]: "licence" } },
    });
    holdEach(table`
      passes one on the pool tag after others:
        ${statement({ Condition: { ...elsewhere, ...pool } })}
      passes one on the pool tag before others:
        ${statement({ Condition: { ...pool, ...elsewhere } })}
      passes one on the pool tag and the Region: ${poolAndRegion}
      takes a tag key of any case, as IAM does:
        ${byTag("team:pool")} ${configured({ tagKey: "Team:Pool" })}
      passes one on a tag key with a slash: ${byTag("team/pool")} ${slash}
      takes a tag key with a slash whole:
        ${byTag("team")} ${slash} ${allowsMoves([ATTACH], HAND, "team/pool")}
    `);
  });
});
