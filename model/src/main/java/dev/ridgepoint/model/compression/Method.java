package dev.ridgepoint.model.compression;

/** A way of making a model smaller. */
public enum Method {
  /** Each weight to the nearest number of its block. */
  RTN("rounding to nearest", "", true),
  GPTQ("GPTQ", "Frantar et al. 2022, arXiv:2210.17323", true),
  AWQ("AWQ", "Lin et al. 2023, arXiv:2306.00978", true),
  /** With activations in 8 bits, too. */
  SMOOTHQUANT("SmoothQuant", "Xiao et al. 2022, arXiv:2211.10438", true),
  /** A share of each output's weights, by Wanda's score. */
  PRUNE("Wanda pruning", "Sun et al. 2023, arXiv:2306.11695", false),
  /** Two of four neighbours, by the same score. */
  NM24("2:4 sparsity", "Mishra et al. 2021, arXiv:2104.08378; Sun et al. 2023", false),
  /** A smaller model learns from it; see {@link Distillation}. */
  DISTIL("distilling", "Hinton, Vinyals and Dean 2015, arXiv:1503.02531", false);

  private final String label;
  private final String source;
  private final boolean isQuantising;

  Method(String label, String source, boolean isQuantising) {
    this.label = label;
    this.source = source;
    this.isQuantising = isQuantising;
  }

  /** What people call it. */
  public String label() {
    return label;
  }

  /** Where it is published; empty of what needs no source. */
  public String source() {
    return source;
  }

  /** Whether it stores weights in fewer bits; else it sets some to zero, or makes others. */
  public boolean isQuantising() {
    return isQuantising;
  }
}
