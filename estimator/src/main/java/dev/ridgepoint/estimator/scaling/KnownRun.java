package dev.ridgepoint.estimator.scaling;

import java.util.List;

/**
 * A published training run, to put laws beside.
 *
 * @param name of the model
 * @param parameters as published, in the precision of its paper; active ones of a mixture
 * @param tokens seen in training
 * @param source paper and table
 */
public record KnownRun(String name, double parameters, double tokens, String source) {
  private static final String CHINCHILLA_TABLE_1 =
      "Hoffmann et al. 2022, arXiv:2203.15556, table 1";
  private static final String LLAMA = "Touvron et al. 2023, arXiv:2302.13971, table 2";
  private static final String LLAMA_2 = "Touvron et al. 2023, arXiv:2307.09288, table 1";
  private static final String LLAMA_3 = "Llama team 2024, arXiv:2407.21783";

  /** In order of publication. */
  public static final List<KnownRun> ALL =
      List.of(
          new KnownRun(
              "GPT-3 175B", 175e9, 300e9, "Brown et al. 2020, arXiv:2005.14165, table D.1"),
          new KnownRun("Jurassic-1 178B", 178e9, 300e9, CHINCHILLA_TABLE_1),
          new KnownRun("Gopher 280B", 280e9, 300e9, CHINCHILLA_TABLE_1),
          new KnownRun("MT-NLG 530B", 530e9, 270e9, CHINCHILLA_TABLE_1),
          new KnownRun("Chinchilla 70B", 70e9, 1.4e12, CHINCHILLA_TABLE_1),
          new KnownRun("PaLM 540B", 540e9, 780e9, "Chowdhery et al. 2022, arXiv:2204.02311"),
          new KnownRun("OPT 175B", 175e9, 180e9, "Zhang et al. 2022, arXiv:2205.01068"),
          new KnownRun("BLOOM 176B", 176e9, 366e9, "Le Scao et al. 2022, arXiv:2211.05100"),
          new KnownRun("LLaMA 7B", 6.7e9, 1.0e12, LLAMA),
          new KnownRun("LLaMA 13B", 13.0e9, 1.0e12, LLAMA),
          new KnownRun("LLaMA 33B", 32.5e9, 1.4e12, LLAMA),
          new KnownRun("LLaMA 65B", 65.2e9, 1.4e12, LLAMA),
          new KnownRun(
              "Pythia 6.9B", 6.9e9, 299_892_736_000.0, "Biderman et al. 2023, arXiv:2304.01373"),
          new KnownRun(
              "Pythia 12B", 12e9, 299_892_736_000.0, "Biderman et al. 2023, arXiv:2304.01373"),
          new KnownRun("Llama 2 7B", 6.7e9, 2e12, LLAMA_2),
          new KnownRun("Llama 2 70B", 69e9, 2e12, LLAMA_2),
          new KnownRun("Llama 3 8B", 8e9, 15e12, LLAMA_3),
          new KnownRun("Llama 3 70B", 70e9, 15e12, LLAMA_3),
          new KnownRun("Llama 3 405B", 405e9, 15.6e12, LLAMA_3),
          new KnownRun(
              "DeepSeek-V3 (37B active)", 37e9, 14.8e12, "DeepSeek-AI 2024, arXiv:2412.19437"));

  /** C = 6ND. Source: Kaplan et al. 2020, arXiv:2001.08361, section 2.1. */
  public double trainingFlops() {
    return 6 * parameters * tokens;
  }

  /** D / N. */
  public double tokensPerParameter() {
    return tokens / parameters;
  }

  /**
   * The optimum's loss for the same compute, over this run's: 1 is compute-optimal, and nothing is
   * above.
   */
  public double lossEfficiency(ChinchillaFit fit) {
    return fit.optimum(trainingFlops()).loss().orElseThrow() / fit.loss(parameters, tokens);
  }
}
