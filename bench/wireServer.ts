import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  groupXml,
  instanceIdOf,
  instanceXml,
  interfaceIdOf,
  interfaceXml,
  MEMBERS_PER_GROUP,
  type Named,
} from "./wireAnswers";

const LARGEST_PAGE = 1_000;

interface Listed {
  /** The element that has the list. */
  set: string;
  /** Each item as XML, with its id. */
  items: { id: string; xml: string }[];
}

/** AWS's side of the wire for a pool of so many instances in sync, for a process that reads it over HTTP. */
export class WireServer {
  answeredBytes = 0;
  private readonly server: http.Server;
  private readonly lists: Record<string, Listed>;
  /** The same page is answered again and again. */
  private readonly bodies = new Map<string, Buffer>();

  constructor(count: number, named: Named) {
    const numbers = Array.from({ length: count }, (_, number) => number);
    const groups = numbers.filter((number) => number % MEMBERS_PER_GROUP === 0);
    this.lists = {
      DescribeInstances: {
        set: "reservationSet",
        items: numbers.map((one) => ({ id: instanceIdOf(one), xml: instanceXml(one, named) })),
      },
      DescribeNetworkInterfaces: {
        set: "networkInterfaceSet",
        items: numbers.map((one) => ({ id: interfaceIdOf(one), xml: interfaceXml(one, named) })),
      },
      DescribeAutoScalingGroups: {
        set: "AutoScalingGroups",
        items: groups.map((from) => {
          const to = Math.min(count, from + MEMBERS_PER_GROUP);
          return { id: String(from), xml: groupXml(from, to, named) };
        }),
      },
    };
    this.server = http.createServer((request, response) => {
      void text(request).then((body) => {
        const answer = this.bodies.get(body) ?? Buffer.from(this.answer(new URLSearchParams(body)));
        this.bodies.set(body, answer);
        this.answeredBytes += answer.length;
        response.writeHead(200, { "content-type": "text/xml;charset=UTF-8" });
        response.end(answer);
      });
    });
  }

  /** @returns the address for `AWS_ENDPOINT_URL` */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(query: URLSearchParams): string {
    const action = query.get("Action") ?? "";
    const listed = this.lists[action];
    if (listed === undefined) throw new Error(`a full read of a pool in sync calls ${action}`);
    const ids = idsIn(query);
    const asked = listed.items.filter(({ id }) => ids.size === 0 || ids.has(id));
    const from = Number(query.get("NextToken") ?? 0);
    const size = Number(query.get("MaxResults") ?? LARGEST_PAGE);
    const page = asked.slice(from, from + size).map(({ xml }) => xml);
    const next = from + size < asked.length ? String(from + size) : undefined;
    const list = `<${listed.set}>${page.join("")}</${listed.set}>`;
    if (action === "DescribeAutoScalingGroups") {
      return `<${action}Response><${action}Result>${list}</${action}Result></${action}Response>`;
    }
    const token = next === undefined ? "" : `<nextToken>${next}</nextToken>`;
    return `<${action}Response><requestId>bench</requestId>${list}${token}</${action}Response>`;
  }
}

/** The ids that are asked for, as parameters or in a filter. */
function idsIn(query: URLSearchParams): Set<string> {
  return new Set(
    [...query].flatMap(([, value]) => (/^(i|eni)-[0-9a-f]+$/.test(value) ? value : [])),
  );
}
