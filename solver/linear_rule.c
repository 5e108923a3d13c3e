#include "solver/linear_rule.h"

tg_linear_rule
tg_linear_asgd(double eta, double h)
{
    return (tg_linear_rule){
        .q = 1, .p = 1, .A = { 1 }, .B = { -eta * h }, .b = { -eta }, .D = { 1 }
    };
}

/* w = (y, slot): the slot takes h y + xi, and x moves by -(eta/n) (W_slot - slot + h y +
 * xi). */
tg_linear_rule
tg_linear_dude(double eta, double h, double n)
{
    const double a = eta / n;

    return (tg_linear_rule){ .q = 1,
                             .p = 2,
                             .A = { 1 },
                             .B = { -a * h, a },
                             .C = { 0, -a },
                             .b = { -a },
                             .D = { 1, 0 },
                             .E = { 0, 0, h, 0 },
                             .c = { 0, 1 } };
}

tg_linear_rule
tg_linear_heavy_ball(double eta, double h, double beta)
{
    return (tg_linear_rule){ .q = 2,
                             .p = 1,
                             .A = { 1, -eta * beta, 0, beta },
                             .B = { -eta * h, h },
                             .b = { -eta, 1 },
                             .D = { 1, 0 } };
}
