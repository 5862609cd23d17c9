package dev.ridgepoint.bench.compare;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measurements against those of the first file.
 *
 * @param measurements all of them, in the order of the files; numbered from 1
 * @param matches steps that both sides have
 * @param unmatched steps that one side lacks
 */
public record Comparison(
    List<Measurements> measurements, List<Match> matches, List<Unmatched> unmatched) {

  /**
   * A step that was measured twice.
   *
   * @param step as it was
   * @param partner as it is: the same, but perhaps for the format of keys and values
   * @param before number of the measurements that are compared with
   * @param after number of those that are compared
   */
  record Match(StepKey step, StepKey partner, int before, int after, Rate was, Rate is) {
    Ratio ratio() {
      return Ratio.of(was, is);
    }

    /** The formats of keys and values, where both files say them and they differ. */
    Optional<CacheFormats> otherCaches() {
      return step.kvDtype()
          .flatMap(
              was ->
                  partner
                      .kvDtype()
                      .filter(is -> !is.equals(was))
                      .map(is -> new CacheFormats(before, was, after, is)));
    }
  }

  /**
   * Formats of keys and values that differ.
   *
   * @param before number of the measurements that are compared with
   * @param after number of those that are compared
   */
  record CacheFormats(int before, String was, int after, String is) {}

  /**
   * A step that has no partner.
   *
   * @param has number of the measurements that have it
   * @param lacks number of those that have not
   */
  record Unmatched(StepKey step, int has, int lacks) {}

  public Comparison {
    measurements = List.copyOf(measurements);
    matches = List.copyOf(matches);
    unmatched = List.copyOf(unmatched);
  }

  /**
   * Compares what is in files. Measurements are compared with the first file's of the same model;
   * if both files have one model alone, whatever it is called.
   *
   * @throws InvalidInputException one line with file, field and value, if a file cannot be read, or
   *     there is nothing to compare with the first measurements
   */
  public static Comparison of(List<Path> files) {
    List<Measurements> all = new ArrayList<>();
    files.forEach(file -> all.addAll(MeasurementFiles.read(file)));
    if (all.size() < 2) {
      throw new InvalidInputException(
          all.getFirst().file(), "has nothing beside it to be compared with; name another file");
    }
    List<Match> matches = new ArrayList<>();
    List<Unmatched> unmatched = new ArrayList<>();
    for (int i = 1; i < all.size(); i++) {
      int after = i;
      baseline(all, after).ifPresent(before -> match(all, before, after, matches, unmatched));
    }
    return new Comparison(all, matches, unmatched);
  }

  /** The number of the measurements that others are compared with, if they are with any. */
  Optional<Integer> against(int number) {
    return matches.stream().filter(match -> match.after() == number).map(Match::before).findFirst();
  }

  /**
   * What a step does: the same in both of two measurements that were compared, so that it is enough
   * if one of their files says so.
   */
  Optional<Counted> counted(int number, StepKey step) {
    Stream<Match> ofStep =
        matches.stream()
            .filter(
                match ->
                    (match.before() == number && match.step().equals(step))
                        || (match.after() == number && match.partner().equals(step)));
    return Stream.concat(
            Stream.of(counts(number, step)),
            ofStep.flatMap(
                match ->
                    Stream.of(
                        counts(match.before(), match.step()),
                        counts(match.after(), match.partner()))))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Counted> counts(int number, StepKey step) {
    return Optional.ofNullable(measurements.get(number - 1).counted().get(step));
  }

  /** Whether any step takes longer than before by more than {@code percent}, noise apart. */
  public boolean isAnySlowerBy(double percent) {
    return matches.stream().anyMatch(match -> match.ratio().isSlowerBy(percent));
  }

  /** The index of what measurements are compared with, if there is any. */
  private static Optional<Integer> baseline(List<Measurements> all, int after) {
    Measurements these = all.get(after);
    List<Measurements> first = ofFile(all, all.getFirst().file());
    for (int i = 0; i < Math.min(first.size(), after); i++) {
      if (first.get(i).model().equals(these.model())) {
        return Optional.of(i);
      }
    }
    boolean isOneModelEach = hasOneModel(first) && hasOneModel(ofFile(all, these.file()));
    return isOneModelEach ? Optional.of(0) : Optional.empty();
  }

  private static List<Measurements> ofFile(List<Measurements> all, String file) {
    return all.stream().filter(each -> each.file().equals(file)).toList();
  }

  private static boolean hasOneModel(List<Measurements> some) {
    return some.stream().map(Measurements::model).distinct().count() == 1;
  }

  private static void match(
      List<Measurements> all,
      int before,
      int after,
      List<Match> matches,
      List<Unmatched> unmatched) {
    Measurements was = all.get(before);
    Measurements is = all.get(after);
    Map<StepKey, StepKey> partners = partners(was, is);
    was.rates()
        .forEach(
            (step, rate) -> {
              StepKey partner = partners.get(step);
              if (partner == null) {
                unmatched.add(new Unmatched(step, before + 1, after + 1));
              } else {
                matches.add(
                    new Match(step, partner, before + 1, after + 1, rate, is.rates().get(partner)));
              }
            });
    is.rates().keySet().stream()
        .filter(step -> !partners.containsValue(step))
        .forEach(step -> unmatched.add(new Unmatched(step, after + 1, before + 1)));
  }

  /** Of each step the same one, or else one that stores keys and values in another format. */
  private static Map<StepKey, StepKey> partners(Measurements was, Measurements is) {
    Map<StepKey, StepKey> partners = new HashMap<>();
    Set<StepKey> free = new LinkedHashSet<>(is.rates().keySet());
    for (StepKey step : was.rates().keySet()) {
      if (free.remove(step)) {
        partners.put(step, step);
      }
    }
    for (StepKey step : was.rates().keySet()) {
      if (!partners.containsKey(step)) {
        free.stream()
            .filter(step::equalsButForCache)
            .findFirst()
            .ifPresent(
                partner -> {
                  free.remove(partner);
                  partners.put(step, partner);
                });
      }
    }
    return partners;
  }
}
