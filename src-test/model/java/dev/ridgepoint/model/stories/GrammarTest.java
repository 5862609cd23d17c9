package dev.ridgepoint.model.stories;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The notation, on small grammars. */
class GrammarTest {
  private static final String WORDS =
      """
      [people] name | they
      Ann | she | tall
      Bob | he; Cid | he
      [colours] colour
      red
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      value = {
        "{x = people tall}{x} is {x.they}. > Ann is she.",
        "{x = people tall + colours}{X.they}: {x.colour} > She: red",
        "{x = people tall}{[x !tall] short|[x tall] tall} > tall",
        "{x = people tall}{[y] two|[x] one} > one",
        "{x = people tall}{hail x}, {hail x} > Hail Ann, Hail Ann",
        "{cast y}{y} > Ann",
        "{a|a|a} b > a b"
      })
  void meansWhatItSays(String template, String told) {
    assertEquals(told, tell(template, 1));
  }

  @Test
  void castsNobodyTwice() {
    for (int seed = 0; seed < 50; seed++) {
      String[] names = tell("{x = people}{y = people}{z = people}{x} {y} {z}", seed).split(" ");
      assertEquals(3, java.util.Set.of(names).size());
    }
  }

  @Test
  void choosesEveryAlternative() {
    StringBuilder told = new StringBuilder();
    for (int seed = 0; seed < 100; seed++) {
      told.append(tell("{a|b|{c|d}}", seed));
    }
    assertTrue("abcd".chars().allMatch(each -> told.indexOf(Character.toString(each)) >= 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{x = people}{x.colour}",
        "{x = animals}",
        "{nobody}",
        "{hail}",
        "{hail = people}",
        "{[nobody] a|[nobody] b}",
        "{a|b",
        "a}"
      })
  void refusesWhatMeansNothing(String template) {
    assertThrows(IllegalArgumentException.class, () -> tell(template, 1));
  }

  @Test
  void spelling() {
    assertEquals("An owl and a cat.\nAn ant", Spelling.of(" A owl and  a cat. / A ant"));
  }

  private static String tell(String template, long seed) {
    Grammar grammar =
        Grammar.parse(
            "# a comment\ntold\n- "
                + template
                + "\nhail x\n- Hail\n  {x}\ncast x\n- {x = people tall}");
    return Telling.of("told", grammar, Words.parse(WORDS), new SplittableRandom(seed));
  }
}
