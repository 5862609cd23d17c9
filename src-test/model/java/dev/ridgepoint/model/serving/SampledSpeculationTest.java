package dev.ridgepoint.model.serving;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.Sampling;
import dev.ridgepoint.model.TokenDistribution;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sampled answers are as likely with guesses as without: of a vocabulary so small that all answers
 * can be listed, with the probability that the model's own logits give each.
 */
class SampledSpeculationTest {
  private static final int VOCABULARY = 4;
  private static final int COUNT = 4;
  private static final int ANSWERS = 256;
  private static final int RUNS = 10_000;
  private static final int[] PROMPT = {1, 2, 0, 1, 2};
  private static final Sampling SAMPLING = new Sampling(1.2, 0.7, 0, 1, 0);

  private static Workers workers;
  private static LoadedModel model;
  private static LoadedModel draftModel;
  private static Program target;
  private static Program draft;

  @BeforeAll
  static void load() {
    Architecture architecture =
        ConfigReader.parse(
            "tiny",
            """
            {"model_type": "llama", "vocab_size": 4, "hidden_size": 32, "intermediate_size": 64,
             "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
             "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "tie_word_embeddings": false}
            """);
    workers = new Workers(1);
    model = LoadedModel.synthetic(architecture, 1, DType.F32, workers, (done, total) -> {});
    draftModel = LoadedModel.synthetic(architecture, 2, DType.F32, workers, (done, total) -> {});
    target = model.program(DType.F32, workers, Meter.NONE);
    draft = draftModel.program(DType.F32, workers, Meter.NONE);
  }

  @AfterAll
  static void close() {
    target.close();
    draft.close();
    model.close();
    draftModel.close();
    workers.close();
  }

  /** The probability of each answer, its first token the most significant digit. */
  private static double[] exact(Program program) {
    double[] probabilities = new double[ANSWERS];
    for (int answer = 0; answer < ANSWERS; answer++) {
      int[] tokens = Arrays.copyOf(PROMPT, PROMPT.length + COUNT);
      for (int i = 0; i < COUNT; i++) {
        tokens[PROMPT.length + i] =
            answer / (int) Math.pow(VOCABULARY, COUNT - 1.0 - i) % VOCABULARY;
      }
      probabilities[answer] = probability(program, tokens);
    }
    return probabilities;
  }

  private static double probability(Program program, int[] tokens) {
    double probability = 1;
    Sampler sampler = sampler(0);
    for (int length = PROMPT.length; length < tokens.length; length++) {
      int[] before = Arrays.copyOf(tokens, length);
      BitSet seen = new BitSet();
      Arrays.stream(before).forEach(seen::set);
      try (KvCache cache = program.newCache(length)) {
        TokenDistribution next =
            sampler.distribution(program.forward(Batch.of(cache, before)), 0, seen);
        probability *= next.probability(tokens[length]);
      }
    }
    return probability;
  }

  private static Sampler sampler(long seed) {
    return new Sampler(SAMPLING, new SplittableRandom(seed));
  }

  private static double[] counts(Drafter drafter) {
    double[] counts = new double[ANSWERS];
    Sampler sampler = sampler(17);
    long accepted = 0;
    long rejected = 0;
    try (Session session = new Session(target, PROMPT.length + COUNT, 16)) {
      for (int run = 0; run < RUNS; run++) {
        Session.Turn turn = session.generate(PROMPT, COUNT, sampler, drafter, token -> true);
        counts[Arrays.stream(turn.tokens()).reduce(0, (sum, each) -> VOCABULARY * sum + each)]++;
        accepted += turn.speculation().accepted();
        rejected += turn.speculation().rejected();
      }
    }
    assertTrue(accepted > RUNS / 10 && rejected > RUNS / 10, accepted + ", " + rejected);
    return counts;
  }

  /** Pearson's statistic per its 99.9 % quantile: above 1 of one in a thousand fair samples. */
  private static double chiSquared(double[] counts, double[] probabilities) {
    double statistic = 0;
    double restCount = 0;
    double restExpected = 0;
    int cells = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = RUNS * probabilities[i];
      if (expected < 5) {
        restCount += counts[i];
        restExpected += expected;
      } else {
        statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
        cells++;
      }
    }
    if (restExpected > 0) {
      statistic += (restCount - restExpected) * (restCount - restExpected) / restExpected;
      cells++;
    }
    // Wilson and Hilferty 1931, with the normal distribution's quantile 3.09.
    double freedom = cells - 1.0;
    double spread = 2 / (9 * freedom);
    return statistic / (freedom * Math.pow(1 - spread + 3.09 * Math.sqrt(spread), 3));
  }

  @Test
  void answersThatADraftModelGuessesAreAsLikelyAsTheModelsOwn() {
    double[] exact = exact(target);
    for (int guesses = 1; guesses <= 2; guesses++) {
      try (DraftModel drafter =
          new DraftModel(draft, sampler(5), new DraftModel.Shape(guesses, VOCABULARY, 16, 16))) {
        double[] counts = counts(drafter);
        assertTrue(chiSquared(counts, exact) < 1, guesses + ": " + chiSquared(counts, exact));
        // The draft alone would be told apart.
        assertTrue(chiSquared(counts, exact(draft)) > 2);
      }
    }
  }

  /** A guess that was not drawn is drawn with probability 1. */
  @Test
  void answersThatALookupGuessesAreAsLikelyAsTheModelsOwn() {
    double[] counts = counts(new PromptLookup(2, 1, 2));
    assertTrue(chiSquared(counts, exact(target)) < 1);
    double[] uniform = IntStream.range(0, ANSWERS).mapToDouble(i -> 1.0 / ANSWERS).toArray();
    assertTrue(chiSquared(counts, uniform) > 2);
  }
}
