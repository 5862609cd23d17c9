/** The report's grid of predicted steps: chooses from it, and computes nothing that it holds. */
class Explorer {
  constructor(data) {
    this.data = data;
    this.threads = [...new Set(data.machine.map((runner) => runner.threads))];
    this.formats = [...new Set(data.machine.map((runner) => runner.format))];
  }

  runner(threads, format) {
    return this.data.machine.find((runner) => runner.threads === threads && runner.format === format);
  }

  devices(format) {
    return this.data.devices.filter((runner) => runner.format === format);
  }

  decode(runner, batch, context) {
    const b = this.data.batches.indexOf(batch);
    const c = this.data.contexts.indexOf(context);
    const at = (table) => table[b][c];
    return this.#cell(runner, 'decode', this.data.decodeFlops[b][c], at, batch);
  }

  prefill(runner, prompt) {
    const p = this.data.prompts.indexOf(prompt);
    return this.#cell(runner, 'prefill', this.data.prefillFlops[p], (row) => row[p], prompt);
  }

  #cell(runner, phase, flops, at, tokens) {
    const { basis, boundSeconds, predictedSeconds, fits } = runner[phase];
    const bytes = at(this.data.bytes[runner.bytes][phase]);
    const seconds = at(predictedSeconds || boundSeconds);
    return {
      phase,
      flops,
      bytes,
      intensity: flops / bytes,
      boundSeconds: at(boundSeconds),
      seconds,
      tokensPerSecond: tokens / seconds,
      flopsPerSecond: flops / seconds,
      boundBy: flops / bytes < runner.ridgePoint ? 'memory' : 'arithmetic',
      fits: at(fits),
      basis,
    };
  }

  /** The smallest batch that is compute-bound at a context; null if none is. */
  crossing(runner, context) {
    return runner.computeBoundBatches[this.data.contexts.indexOf(context)];
  }

  /** The roofs that a runner's steps are under, among the levels of this machine's memory. */
  static roofOf(runner, roof) {
    const level = roof.levels.find((each) => each.bytesPerSecond === runner.bytesPerSecond);
    return Object.assign({}, roof, {
      level: level ? level.name : roof.level,
      peakFlopsPerSecond: runner.flopsPerSecond,
      bytesPerSecond: runner.bytesPerSecond,
      ridgePoint: runner.ridgePoint,
    });
  }
}
