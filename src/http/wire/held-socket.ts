import type { Socket } from 'node:net';

/**
 * Lets what a connection brings lie in the socket, up to its own bound, while a body has no room; the system tells the server. Undici 7
 * has a pause of its own, and ends the process when the server closes the connection meanwhile (nodejs/undici#5360). It takes bytes
 * by `socket.read()` alone, on `readable`: while that gives nothing, it waits as for a slow server, and hears of the end after the
 * last byte.
 */
export class HeldSocket {
  readonly #socket: Socket;
  #isHeld = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** The error that broke it, or null. */
  get fault(): Error | null {
    return this.#socket.errored;
  }

  hold(): void {
    this.#isHeld = true;
    this.#socket.read = nothing;
  }

  /** What lies in the socket is taken in the next tick: the parser may be at work, and must not be called from within. */
  letGo(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    Reflect.deleteProperty(this.#socket, 'read');
    process.nextTick(tell, this.#socket);
  }
}

/** `read(0)` is the stream's own word to itself to go on, and gives nothing. */
function nothing(this: Socket, size?: number): null {
  if (size === 0) Object.getPrototypeOf(this).read.call(this, 0);
  return null;
}

function tell(socket: Socket): void {
  if (!socket.destroyed) socket.emit('readable');
}
