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
    return this.#cell(runner, runner.decode, this.data.decodeFlops[b][c], at, batch, 'decode');
  }

  prefill(runner, prompt) {
    const p = this.data.prompts.indexOf(prompt);
    return this.#cell(runner, runner.prefill, this.data.prefillFlops[p], (row) => row[p], prompt, 'prefill');
  }

  #cell(runner, phase, flops, at, tokens, name) {
    const bytes = at(phase.bytes);
    const seconds = at(phase.predictedSeconds);
    return {
      phase: name,
      flops,
      bytes,
      intensity: flops / bytes,
      boundSeconds: at(phase.boundSeconds),
      seconds,
      tokensPerSecond: tokens / seconds,
      flopsPerSecond: flops / seconds,
      boundBy: flops / bytes < runner.ridgePoint ? 'memory' : 'arithmetic',
      fits: at(phase.fits),
      basis: phase.basis,
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
