// A socket without a client: what is sent and heard is the protocol itself.

import { once } from 'node:events'
import { WebSocket } from 'ws'
import { SOCKET_URL } from './server.js'

const PATIENCE = 10_000

export type Message = { type: string; id?: string; payload?: any }

export class RawSocket {
  private readonly heard: Message[] = []
  private wake: (() => void) | undefined
  private end: { code: number; reason: string } | undefined

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.heard.push(JSON.parse(String(data)) as Message)
      this.wake?.()
    })
    socket.on('close', (code, reason) => {
      this.end = { code, reason: String(reason) }
      this.wake?.()
    })
  }

  static async open(protocols: string[] = ['graphql-transport-ws']): Promise<RawSocket> {
    const socket = new WebSocket(SOCKET_URL, protocols)
    const raw = new RawSocket(socket)
    await once(socket, 'open')
    return raw
  }

  /** Opens a socket that may subscribe. */
  static async acknowledged(): Promise<RawSocket> {
    const socket = await RawSocket.open()
    socket.say({ type: 'connection_init' })
    await socket.hear('connection_ack')
    return socket
  }

  say(message: unknown): void {
    this.send(JSON.stringify(message))
  }

  send(data: string | Buffer): void {
    this.socket.send(data)
  }

  subscribe(id: string, query: string): void {
    this.say({ type: 'subscribe', id, payload: { query } })
  }

  /** The next message, which must be of this type. */
  async hear(type: string): Promise<Message> {
    await this.until(() => this.heard.length > 0)
    const message = this.heard.shift()
    if (message?.type !== type) {
      throw new Error(`${type} was expected: ${JSON.stringify(message ?? this.end)}`)
    }
    return message
  }

  /** What came within a time, and was not heard yet. */
  async hearAll(milliseconds: number): Promise<Message[]> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    return this.heard.splice(0)
  }

  /** The code with which the server closes; all that came before is passed over. */
  async closed(): Promise<number> {
    await this.until(() => this.end !== undefined)
    return this.end?.code ?? 0
  }

  close(): void {
    this.socket.close()
  }

  private async until(is: () => boolean): Promise<void> {
    const end = Date.now() + PATIENCE
    while (!is() && this.end === undefined) {
      const left = end - Date.now()
      if (left <= 0) throw new Error('nothing came in time')
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.wake = resolve
        timer = setTimeout(resolve, left)
      })
      clearTimeout(timer)
    }
  }
}
