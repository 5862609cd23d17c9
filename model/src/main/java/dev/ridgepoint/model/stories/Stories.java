package dev.ridgepoint.model.stories;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Small English stories without end, drawn from a seed: the same seed gives the same stories. Each
 * is one or more lines of text without an empty one.
 */
public final class Stories {

  /**
   * What a story is for. It belongs to one part by its own words, so no story that a model is
   * judged by is among those it has learnt from, whatever the seeds.
   */
  public enum Part {
    /** To learn from: fifteen of sixteen. */
    TRAINING,
    /** To be judged by. */
    HELD_OUT
  }

  private static final int HELD_OUT_BITS = 4;
  // Knuth's multiplicative hash: the upper bits of the product depend on all of a hash's.
  private static final int HASH_MULTIPLIER = 0x9e3779b1;

  private static final String FIRST_RULE = "story";

  private final Grammar grammar = Grammar.parse(resource("plots.txt"));
  private final Words words = Words.parse(resource("words.txt"));

  private static String resource(String name) {
    try (InputStream in = Stories.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The stories of a part and a seed, one after the other. */
  public static Stream<String> of(Part part, long seed) {
    Stories stories = new Stories();
    RandomGenerator random = new SplittableRandom(seed);
    return Stream.generate(() -> stories.next(random)).filter(story -> part(story) == part);
  }

  private String next(RandomGenerator random) {
    return Spelling.of(Telling.of(FIRST_RULE, grammar, words, random));
  }

  /** Which part a story belongs to. */
  public static Part part(String story) {
    int hash = story.hashCode() * HASH_MULTIPLIER;
    return hash >>> (Integer.SIZE - HELD_OUT_BITS) == 0 ? Part.HELD_OUT : Part.TRAINING;
  }
}
