// Stands between a port that is read and the memory: while `held`, an announcement waits until what it reads, a page of 4 KiB or a part of
// one, lies before the page up to which another port's writes are acknowledged.
module read_after_write (
  input  logic        clk,
  input  logic        rst,
  input  logic        held,
  input  logic        known,
  input  logic [51:0] page,
  input  logic [63:0] araddr,
  input  logic        arvalid,
  output logic        arready,
  output logic        m_axi_arvalid,
  input  logic        m_axi_arready
);
  logic passes;  // looked at a cycle ahead; stays true until the memory has taken the announcement
  wire  leaves = m_axi_arvalid & m_axi_arready;
  assign m_axi_arvalid = arvalid & passes;
  assign arready = m_axi_arready & passes;
  always_ff @(posedge clk) passes <= ~rst & arvalid & ~leaves & (passes | ~held | (known & araddr[63:12] < page));
  wire unused = ^araddr[11:0];
endmodule
