package dev.ridgepoint.estimator.training;

import dev.ridgepoint.estimator.architecture.LlamaShape;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import java.util.Random;

/** Models that several tests share. */
public final class TrainingModels {
  private TrainingModels() {}

  /** LLaMA-7B and Llama-2-7B have these sizes. */
  public static final TrainingModel LLAMA_7B =
      llama("Llama-2-7B", 32000, 4096, 11008, 32, 32, 32, 128);

  /** Llama-2-70B. */
  public static final TrainingModel LLAMA_2_70B =
      llama("Llama-2-70B", 32000, 8192, 28672, 80, 64, 8, 128);

  /** GPT-3, with the vocabulary that Korthikanti et al. pad it to. */
  public static final TrainingModel GPT_3 = TrainingModel.gpt("GPT-3", 96, 12288, 96, 51200, 2048);

  /** An untied Llama decoder without biases. */
  public static TrainingModel llama(
      String name, int vocab, int hidden, int intermediate, int layers, int heads, int kv, int d) {
    return TrainingModel.of(
        name,
        new LlamaShape(
                "llama",
                vocab,
                hidden,
                intermediate,
                layers,
                heads,
                kv,
                d,
                4096,
                1e-5,
                1e4,
                new RopeScaling.None(),
                false,
                false,
                false,
                false,
                false,
                0,
                0)
            .architecture());
  }

  /** A small decoder whose every size is random and whose heads can be shared by 1, 2 or 4. */
  public static TrainingModel random(Random random) {
    int layers = 4 * (1 + random.nextInt(3));
    int heads = 4 * (1 + random.nextInt(3));
    int width = 2 * (1 + random.nextInt(8));
    if (random.nextBoolean()) {
      return TrainingModel.gpt(
          "gpt", layers, heads * width, heads, 10 + random.nextInt(90), 1 + random.nextInt(64));
    }
    int groups = new int[] {1, 2, 4}[random.nextInt(3)];
    LlamaShape config =
        new LlamaShape(
            "qwen3",
            10 + random.nextInt(90),
            2 + random.nextInt(40),
            3 + random.nextInt(60),
            layers,
            heads,
            heads / groups,
            width,
            64,
            1e-5,
            1e4,
            new RopeScaling.None(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean(),
            0,
            0);
    return TrainingModel.of("llama", config.architecture());
  }
}
