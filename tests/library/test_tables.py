"""The finite world: every identity on random tables, every quantity against plain loops over exact fractions."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import rel_entr
from scipy.stats import entropy as scipy_entropy
from torch.autograd import gradcheck

import lowerbound as lb
from lowerbound import Distribution, Joint, kl, kl_each
from tests.library.near import assert_near

MASSES = st.one_of(st.just(0.0), st.just(1e-300), st.floats(1e-3, 1.0))
POSITIVE = st.floats(1e-3, 1.0)


@st.composite
def distributions(draw, n, masses=MASSES):
    weights = draw(st.lists(masses, min_size=n, max_size=n))
    if not any(weights):
        weights[draw(st.integers(0, n - 1))] = 1.0
    return [w / math.fsum(weights) for w in weights]


@st.composite
def recipes(draw, masses=MASSES):
    """prior (Z,), likelihood (Z, X), data (X,), encoder (X, Z): the four tables that a reader chooses."""
    x, z = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return (
        draw(distributions(z, masses)),
        [draw(distributions(x, masses)) for _ in range(z)],
        draw(distributions(x, masses)),
        [draw(distributions(z, masses)) for _ in range(x)],
    )


def joints(recipe):
    prior, likelihood, data, encoder = recipe
    return Joint.from_model(prior, likelihood), Joint.from_data(data, encoder)


def outside(q, p):
    """Whether q has mass somewhere where p has none."""
    possible = q.log_prob > -math.inf
    if hasattr(q, "given"):  # rows of an impossible condition count nowhere
        possible &= (q.given.log_prob > -math.inf)[:, None]
    return bool((possible & (p.log_prob == -math.inf)).any())


# -- the oracle: exact fractions and plain loops -----------------------------------------------------------------------


def exact(recipe):
    """Both joints as dictionaries {(x, z): Fraction}."""

    def normalised(row):
        total = sum(map(Fraction, row))
        return [Fraction(value) / total for value in row]

    prior, likelihood, data, encoder = recipe
    prior, data = normalised(prior), normalised(data)
    likelihood, encoder = [normalised(row) for row in likelihood], [normalised(row) for row in encoder]
    cells = list(product(range(len(data)), range(len(prior))))
    return {(x, z): prior[z] * likelihood[z][x] for x, z in cells}, {(x, z): data[x] * encoder[x][z] for x, z in cells}


def log(value):
    return math.log(value.numerator) - math.log(value.denominator) if value else -math.inf


def marginal(joint, axis):
    out = {}
    for cell, mass in joint.items():
        out[cell[axis]] = out.get(cell[axis], 0) + mass
    return out


def conditional(joint, axis):
    """{(x, z): p(the other | cell[axis])}; left out where the condition is impossible."""
    given = marginal(joint, axis)
    return {cell: mass / given[cell[axis]] for cell, mass in joint.items() if given[cell[axis]]}


def average(weights, values):
    """E[values], over the cells that are possible."""
    terms = [float(mass) * values(cell) for cell, mass in weights.items() if mass]
    return -math.inf if -math.inf in [values(c) for c, m in weights.items() if m] else math.fsum(terms)


def exact_kl(q, p):
    if any(mass and not p.get(cell) for cell, mass in q.items()):
        return math.inf
    return average(q, lambda cell: log(q[cell]) - log(p[cell]))


def exact_conditional_kl(q, p, axis):
    q_rows, p_rows = conditional(q, axis), conditional(p, axis)
    if any(q[cell] and not p_rows.get(cell) for cell in q_rows):
        return math.inf
    return average(q, lambda cell: log(q_rows[cell]) - log(p_rows[cell]))


def exact_entropy(q):
    return -average(q, lambda cell: log(q[cell]))


# -- every quantity against the oracle ---------------------------------------------------------------------------------


@given(recipes())
def test_the_four_divergences_by_enumeration(recipe):
    (p, q), (exact_p, exact_q) = joints(recipe), exact(recipe)
    assert_near(kl(q, p), exact_kl(exact_q, exact_p))
    assert_near(kl(q.x, p.x), exact_kl(marginal(exact_q, 0), marginal(exact_p, 0)))
    assert_near(kl(q.z, p.z), exact_kl(marginal(exact_q, 1), marginal(exact_p, 1)))
    assert_near(kl(q.z_given_x, p.z_given_x), exact_conditional_kl(exact_q, exact_p, 0))
    assert_near(kl(q.x_given_z, p.x_given_z), exact_conditional_kl(exact_q, exact_p, 1))


@given(recipes())
def test_marginals_and_conditionals_by_enumeration(recipe):
    for joint, truth in zip(joints(recipe), exact(recipe), strict=True):
        assert_near(joint.log_prob.flatten(), [log(truth[cell]) for cell in sorted(truth)])
        assert_near(joint.x.log_prob, [log(mass) for _, mass in sorted(marginal(truth, 0).items())])
        assert_near(joint.z.log_prob, [log(mass) for _, mass in sorted(marginal(truth, 1).items())])
        for (x, z), mass in conditional(truth, 0).items():
            assert_near(joint.z_given_x.log_prob[x, z], log(mass))
        for (x, z), mass in conditional(truth, 1).items():
            assert_near(joint.x_given_z.log_prob[z, x], log(mass))


@given(recipes())
def test_entropies_and_information_by_enumeration(recipe):
    for joint, truth in zip(joints(recipe), exact(recipe), strict=True):
        x, z, both = (exact_entropy(part) for part in (marginal(truth, 0), marginal(truth, 1), truth))
        assert_near(lb.entropy(joint), both)
        assert_near(lb.entropy(joint.x), x)
        assert_near(lb.entropy(joint.z), z)
        assert_near(lb.entropy(joint.z_given_x), both - x)
        assert_near(lb.entropy(joint.x_given_z), both - z)
        assert_near(lb.mutual_information(joint), x + z - both)


@given(recipes())
def test_the_parts_of_the_elbo_by_enumeration_for_each_x(recipe):
    (p, q), (exact_p, exact_q) = joints(recipe), exact(recipe)
    encoder, decoder = conditional(exact_q, 0), conditional(exact_p, 1)
    bound, recon, gap, rate = (
        lb.elbo(p, q.z_given_x),
        lb.reconstruction(p, q.z_given_x),
        kl_each(q.z_given_x, p.z_given_x),
        kl_each(q.z_given_x, p.z),
    )
    for x, mass in marginal(exact_q, 0).items():
        if not mass:
            assert all(value[x].isnan() for value in (bound, recon, gap, rate))
            continue
        row = {cell: prob for cell, prob in encoder.items() if cell[0] == x}
        assert_near(bound[x], average(row, lambda c: log(exact_p[c])) + exact_entropy(row))
        assert_near(recon[x], average(row, lambda c: log(decoder.get(c, Fraction(0)))))
        prior = marginal(exact_p, 1)
        assert_near(rate[x], exact_kl(row, {cell: prior[cell[1]] for cell in row}))
        assert_near(gap[x], exact_kl(row, conditional(exact_p, 0)))


# -- identities --------------------------------------------------------------------------------------------------------


@given(recipes())
def test_kl_of_the_joints_splits_along_x_and_along_z(recipe):
    p, q = joints(recipe)
    assert_near(kl(q.x, p.x) + kl(q.z_given_x, p.z_given_x), kl(q, p))
    assert_near(kl(q.z, p.z) + kl(q.x_given_z, p.x_given_z), kl(q, p))


@given(recipes())
def test_average_elbo_is_minus_kl_of_the_joints_minus_entropy_of_the_data(recipe):
    p, q = joints(recipe)
    assert_near((q.x.prob * lb.elbo(p, q.z_given_x)).nansum(), -kl(q, p) - lb.entropy(q.x))


@given(recipes())
def test_evidence_is_elbo_plus_gap_and_elbo_is_reconstruction_minus_rate(recipe):
    p, q = joints(recipe)
    bound, gap = lb.elbo(p, q.z_given_x), kl_each(q.z_given_x, p.z_given_x)
    finite = gap.isfinite()
    assert_near((bound + gap)[finite], p.x.log_prob[finite])
    assert torch.equal(bound == -math.inf, gap == math.inf)
    defined = ~gap.isnan()
    split = lb.reconstruction(p, q.z_given_x) - kl_each(q.z_given_x, p.z)
    assert_near(split[defined], bound[defined])


@given(recipes())
def test_rate_is_information_plus_kl_of_the_marginals(recipe):
    p, q = joints(recipe)
    assert_near(kl(q.z_given_x, p.z), lb.mutual_information(q) + kl(q.z, p.z))


@given(recipes())
def test_kl_of_the_decoders_is_distortion_plus_information_minus_entropy(recipe):
    p, q = joints(recipe)
    distortion = -(q.x.prob * lb.reconstruction(p, q.z_given_x)).nansum()
    assert_near(kl(q.x_given_z, p.x_given_z), distortion + lb.mutual_information(q) - lb.entropy(q.x))


@given(recipes())
def test_kl_of_conditionals_averages_kl_each(recipe):
    p, q = joints(recipe)
    for q_one, p_one in ((q.z_given_x, p.z_given_x), (q.x_given_z, p.x_given_z), (q.z_given_x, p.z)):
        possible = q_one.given.log_prob > -math.inf
        each = kl_each(q_one, p_one)
        assert torch.equal(each.isnan(), ~possible)
        if each[possible].isfinite().all():
            assert_near(kl(q_one, p_one), (q_one.given.prob * each)[possible].sum())


@given(recipes())
def test_kl_is_infinite_exactly_where_q_reaches_outside_p_and_never_negative(recipe):
    p, q = joints(recipe)
    for q_one, p_one in (
        (q, p),
        (q.x, p.x),
        (q.z, p.z),
        (q.z_given_x, p.z_given_x),
        (q.x_given_z, p.x_given_z),
    ):
        value = kl(q_one, p_one)
        assert value >= 0
        assert value.isinf() == outside(q_one, p_one)
        assert kl(q_one, q_one) == 0


@given(recipes(POSITIVE))
def test_both_conditionals_matching_forces_equal_joints_when_every_pair_is_possible(recipe):
    p, _ = joints(recipe)
    again = Joint.from_data(p.x.prob, p.z_given_x.prob)
    assert kl(again, p) < 1e-14
    data = torch.tensor(recipe[2])
    other = Joint.from_data(data / data.sum(), p.z_given_x.prob)
    same_decoder = kl(other.x_given_z, p.x_given_z) < 1e-14
    assert not same_decoder or kl(other, p) < 1e-10


def test_both_conditionals_matching_forces_nothing_when_z_is_a_copy_of_x():
    identity = [[1.0, 0.0], [0.0, 1.0]]
    p, q = Joint.from_model([0.9, 0.1], identity), Joint.from_data([0.3, 0.7], identity)
    assert kl(q.z_given_x, p.z_given_x) == 0
    assert kl(q.x_given_z, p.x_given_z) == 0
    assert_near(kl(q, p), kl(q.x, p.x))
    assert_near(kl(q.x, p.x), 0.3 * math.log(0.3 / 0.9) + 0.7 * math.log(0.7 / 0.1))


@given(recipes(), st.randoms())
def test_a_map_of_z_that_preserves_the_prior_leaves_the_evidence(recipe, random):
    likelihood = recipe[1]
    shuffled = random.sample(likelihood, len(likelihood))
    uniform = [1 / len(likelihood)] * len(likelihood)
    assert_near(Joint.from_model(uniform, shuffled).x.prob, Joint.from_model(uniform, likelihood).x.prob)


@given(recipes())
def test_bayes_rule_turns_one_half_of_a_joint_into_the_other(recipe):
    p, q = joints(recipe)
    for joint in (p, q):
        for condition, rows in ((joint.x, joint.z_given_x), (joint.z, joint.x_given_z)):
            possible = condition.log_prob > -math.inf
            assert_near(rows.prob.sum(1), possible.double())
        assert_near(joint.x.prob.sum(), 1.0)
        assert_near(joint.z.prob.sum(), 1.0)
        assert_near(joint.z_given_x.prob * joint.x.prob[:, None], joint.prob)
        assert_near(joint.x_given_z.prob * joint.z.prob[:, None], joint.prob.T)


def test_an_undefined_conditional_counts_nowhere():
    q = Joint.from_data([0.5, 0.5, 0.0], [[0.5, 0.5], [0.9, 0.1], [1.0, 0.0]])
    other_row = Joint.from_data([0.5, 0.5, 0.0], [[0.5, 0.5], [0.9, 0.1], [0.0, 1.0]])
    p = Joint.from_model([0.5, 0.5], [[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]])
    for value in (kl, lambda q, p: kl(q.z_given_x, p.z_given_x), lambda q, p: kl(q.z_given_x, p.z)):
        assert value(q, p) == value(other_row, p)
    assert lb.entropy(q.z_given_x) == lb.entropy(other_row.z_given_x)
    q = Joint.from_data([0.5, 0.5, 0.0], [[0.5, 0.5], [1.0, 0.0], [0.2, 0.8]])
    assert kl_each(q.z_given_x, Distribution([1.0, 0.0]))[:2].isinf().tolist() == [True, False]


# -- small numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1e-2, 1e-4, 1e-6])
def test_a_small_kl_keeps_its_digits(step):
    value = kl(Distribution([0.5 + step, 0.5 - step]), Distribution([0.5, 0.5]))
    d = 2 * step
    assert value.item() == pytest.approx(d**2 / 2 + d**4 / 12 + d**6 / 30 + d**8 / 56, rel=1e-15 / step)


def test_an_event_of_probability_1e_300_is_neither_0_nor_nan():
    q = Distribution([1.0, 1e-300])
    assert_near(kl(Distribution([0.5, 0.5]), q), 0.5 * math.log(0.5) + 0.5 * (math.log(0.5) - math.log(1e-300)))
    assert kl(q, Distribution([1.0, 0.0])) == math.inf
    tiny = Joint.from_model([1.0, 1e-300], [[1.0, 0.0], [1.0, 1e-300]])
    assert_near(tiny.x.log_prob[1], 2 * math.log(1e-300))
    assert kl(tiny, Joint.from_model([1.0, 0.0], [[1.0, 0.0], [1.0, 0.0]])) == math.inf


@pytest.mark.parametrize("make", [lambda table: lb.Joint(table), lambda table: Distribution(table.flatten())])
def test_a_sum_that_rounding_put_beside_1_becomes_1(make):
    table = torch.tensor([[0.1, 0.2], [0.3, 0.4 + 5e-7]], dtype=torch.float64)
    assert_near(make(table).prob.sum(), 1.0, 1e-15)
    assert_near(kl(make(table), make(table.float())), 0.0)
    with pytest.raises(ValueError, match="sums to"):
        make(table + 1e-6)


def test_an_array_is_copied_whatever_its_layout():
    array = np.array([0.2, 0.8])
    backwards, first = Distribution(array[::-1]), Distribution(array)
    array[:] = 0.5
    assert_near(backwards.prob, [0.8, 0.2])
    assert_near(first.prob, [0.2, 0.8])


# -- other people's answers --------------------------------------------------------------------------------------------


@given(st.integers(1, 6).flatmap(lambda n: st.tuples(distributions(n), distributions(n))))
def test_kl_and_entropy_agree_with_scipy(pair):
    q, p = map(np.array, pair)
    assert_near(kl(Distribution(q), Distribution(p)), rel_entr(q / q.sum(), p / p.sum()).sum(), 1e-13)
    assert_near(kl(Distribution(q), Distribution(p)), scipy_entropy(q, p), 1e-13)
    assert_near(lb.entropy(Distribution(q)), scipy_entropy(q), 1e-13)


# -- gradients ---------------------------------------------------------------------------------------------------------


def quantities(prior, likelihood, data, encoder):
    p, q = Joint.from_model(prior, likelihood), Joint.from_data(data, encoder)
    return (
        kl(q, p),
        kl(q.x, p.x),
        kl(q.z, p.z),
        kl(q.z_given_x, p.z_given_x),
        kl(q.x_given_z, p.x_given_z),
        lb.mutual_information(q),
        lb.entropy(q),
        lb.entropy(q.x_given_z),
        lb.elbo(p, q.z_given_x).nansum(),
        lb.reconstruction(p, q.z_given_x).nansum(),
    )


def test_gradients_are_right(generator):
    shapes = [(3,), (3, 4), (4,), (4, 3)]
    logits = [torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_() for shape in shapes]
    assert gradcheck(lambda *parts: quantities(*(part.softmax(-1) for part in parts)), logits)


@given(recipes(st.one_of(st.just(0.0), st.just(1e-30), POSITIVE)))
def test_gradients_are_finite_zeros_included(recipe):
    parts = [torch.tensor(part, dtype=torch.float64).requires_grad_() for part in recipe]
    for value in quantities(*parts):
        if value.isfinite():
            gradients = torch.autograd.grad(value, parts, retain_graph=True, allow_unused=True)
            assert all(g.isfinite().all() for g in gradients if g is not None)
