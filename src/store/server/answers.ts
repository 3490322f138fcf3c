/** What a connection is owed: counted, so that a silent other end is noticed. */

export class Answers {
  underWay = 0
  count = 0

  /** A promise of what `send` asks for. */
  to<T>(send: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    this.underWay++
    return new Promise((resolve, reject) => {
      send(
        value => {
          this.#came()
          resolve(value)
        },
        error => {
          this.#came()
          reject(error)
        },
      )
    })
  }

  #came(): void {
    this.underWay--
    this.count++
  }
}
