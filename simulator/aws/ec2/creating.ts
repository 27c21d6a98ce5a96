import { NotModelled } from "../awsError";
import type { Ec2, NetworkInterface, Subnet, Tags } from "./ec2";
import type { Query } from "../queryProtocol";
import type { Resource } from "../iam";
import type { ApiAction } from "../apiAction";

export interface MakingServices {
  ec2: Ec2;
  arnOf: (resource: string, ownerId?: string) => string;
  subnetOf: (id: string) => Subnet;
  /** An interface and the instance that it is attached to, as they are authorised. */
  placeOf: (networkInterface: NetworkInterface, instanceId: string) => Resource[];
  /** An interface as reads show it. */
  xmlOf: (networkInterface: NetworkInterface) => object;
}

/** The tag that tells for which instance an interface was made; written by the manager. */
export const MADE_FOR_TAG_KEY = "network-interface-pool-made-for";

/** The actions of EC2's API that make, change and delete network interfaces, by name. */
export function makingActions({
  ec2,
  arnOf,
  subnetOf,
  placeOf,
  xmlOf,
}: MakingServices): [string, ApiAction][] {
  const interfaceArn = (id: string) => arnOf(`network-interface/${id}`);
  return [
    [
      "CreateNetworkInterface",
      {
        mutates: true,
        read(query) {
          const subnetId = query.text("SubnetId");
          const securityGroupIds = query.texts("SecurityGroupId");
          const clientToken = query.text("ClientToken");
          query.optional("Description");
          const tags = readTags(query);
          const requestTags = Object.entries(tags).map(([key, value]) => [
            `aws:RequestTag/${key}`,
            value,
          ]);
          const context: Resource["context"] = {
            ...(Object.fromEntries(requestTags) as Record<string, string>),
            "aws:TagKeys": Object.keys(tags),
          };
          const made = { arn: interfaceArn("*"), tags: {}, context };
          const tagged = {
            ...made,
            context: { ...context, "ec2:CreateAction": "CreateNetworkInterface" },
          };
          return {
            subject: `in ${subnetId} for ${Object.values(tags).join(", ")}`,
            resources: () => [
              made,
              { arn: arnOf(`subnet/${subnetId}`, subnetOf(subnetId).ownerId), tags: {} },
              ...securityGroupIds.map((id) => ({ arn: arnOf(`security-group/${id}`), tags: {} })),
            ],
            besides: { action: "ec2:CreateTags", resources: [tagged] },
            run: () => {
              const subnet = subnetOf(subnetId);
              const wanted = { subnet, securityGroupIds, tags, clientToken };
              return { networkInterface: xmlOf(ec2.makeNetworkInterface(wanted)), clientToken };
            },
          };
        },
      },
    ],
    [
      "ModifyNetworkInterfaceAttribute",
      {
        mutates: true,
        read(query) {
          const id = query.text("NetworkInterfaceId");
          const attachment = query.structure("Attachment");
          const attachmentId = attachment.text("AttachmentId");
          const isDeleted = attachment.text("DeleteOnTermination") === "true";
          attachment.end();
          return {
            subject: `${id}: delete on termination ${isDeleted}`,
            resources: () => {
              const networkInterface = ec2.interfaceById(id);
              return placeOf(networkInterface, networkInterface.attachment?.instanceId ?? "*");
            },
            run: () => {
              ec2.setDeleteOnTermination(id, attachmentId, isDeleted);
              return { return: true };
            },
          };
        },
      },
    ],
    [
      "DeleteNetworkInterface",
      {
        mutates: true,
        read(query) {
          const id = query.text("NetworkInterfaceId");
          return {
            subject: id,
            resources: () => [{ arn: interfaceArn(id), tags: ec2.interfaceById(id).tags }],
            run: () => {
              ec2.deleteNetworkInterface(id);
              return { return: true };
            },
          };
        },
      },
    ],
  ];
}

function readTags(query: Query): Tags {
  const [specification, ...others] = query.list("TagSpecification");
  if (specification === undefined || others.length > 0) {
    throw new NotModelled("an interface made without one specification of tags");
  }
  const type = specification.text("ResourceType");
  if (type !== "network-interface") throw new NotModelled(`tags of ${type}`);
  const tags = specification.list("Tag").map((tag) => {
    const pair = [tag.text("Key"), tag.text("Value")] as const;
    tag.end();
    return pair;
  });
  specification.end();
  return Object.fromEntries(tags);
}
