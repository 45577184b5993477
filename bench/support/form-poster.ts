import { connect, type Socket } from "node:net";

/** Posts forms over connections that stay open, one request on each at a time. Light, because it shares the machine with what it measures. */
export interface FormPoster {
  /** Resolves with the status once the answer was read to its end; waits for a free connection. */
  post(form: string): Promise<number>;
  close(): void;
}

interface Connection {
  socket: Socket;
  received: string;
  settle: { readonly resolve: (status: number) => void; readonly reject: (error: Error) => void } | undefined;
}

const HEAD_END = "\r\n\r\n";
const STATUS = /^HTTP\/1\.1 (\d{3})/;
const LENGTH = /\r\ncontent-length: (\d+)/i;

/** Opens the connections; rejects when one cannot be opened. */
export async function openFormPoster(url: string, connections: number): Promise<FormPoster> {
  const { hostname, port, pathname } = new URL(url);
  const head = `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: `;
  const all: Connection[] = [];
  const free: Connection[] = [];
  const waiting: ((connection: Connection) => void)[] = [];
  let closed = false;

  function release(connection: Connection): void {
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
  }

  function read(connection: Connection, data: Buffer): void {
    const { settle } = connection;
    if (settle === undefined) {
      // What nobody asked for says that it was unused for too long (408).
      connection.socket.destroy();
      return;
    }
    connection.received += data.toString("latin1");
    const { received } = connection;
    const end = received.indexOf(HEAD_END);
    if (end === -1) return;
    const status = STATUS.exec(received)?.[1];
    const length = LENGTH.exec(received.slice(0, end))?.[1];
    if (status === undefined || length === undefined) {
      settle.reject(new Error(`An answer that is not understood: ${received.slice(0, 200)}`));
      return;
    }
    if (received.length < end + HEAD_END.length + Number(length)) return;
    connection.received = "";
    connection.settle = undefined;
    settle.resolve(Number(status));
    release(connection);
  }

  async function openSocket(): Promise<Socket> {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return socket;
  }

  function use(connection: Connection): void {
    const { socket } = connection;
    socket.on("data", (data) => read(connection, data));
    socket.on("error", (error) => connection.settle?.reject(error));
    socket.on("close", () => {
      if (!closed) connection.settle?.reject(new Error("The server closed the connection"));
    });
  }

  async function open(): Promise<void> {
    const connection: Connection = { socket: await openSocket(), received: "", settle: undefined };
    use(connection);
    all.push(connection);
    free.push(connection);
  }

  /** Servers end connections that were idle for long. */
  async function renew(connection: Connection): Promise<void> {
    connection.socket = await openSocket();
    use(connection);
  }

  await Promise.all(Array.from({ length: connections }, open));
  return {
    async post(form) {
      const connection = free.pop() ?? (await new Promise<Connection>((resolve) => waiting.push(resolve)));
      if (!connection.socket.writable) await renew(connection);
      return await new Promise<number>((resolve, reject) => {
        connection.settle = { resolve, reject };
        // Forms are ASCII, so that characters are bytes.
        connection.socket.write(`${head}${form.length}${HEAD_END}${form}`, "latin1");
      });
    },
    close() {
      closed = true;
      for (const { socket } of all) socket.destroy();
    },
  };
}
